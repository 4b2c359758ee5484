// Sandboxes on this machine: a folder each, and processes in a tier of isolation.
import { existsSync, mkdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { interruption } from "../../processes/interruption.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { removeSocketFolder, socketFolder } from "../../processes/socket-folder.ts";
import { createTextTail, type TextTail } from "../../processes/text-tail.ts";
import type { LaunchedProcess } from "../../processes/launch.ts";
import { waitForEnd } from "../../processes/wait-for-end.ts";
import { foldersIn, pathFacts } from "../../processes/folders.ts";
import { dependencyCache, placeDependencies } from "./dependency-cache.ts";
import { findNpm, NO_NPM } from "./npm-ci.ts";
import { killRecordedGroups, recordGroup } from "./process-records.ts";
import { createProcessTier, type SandboxPlace, type Tier } from "./process-tier.ts";
import type { ExecOptions, Sandbox, SandboxProvider, StoredSandbox } from "./sandbox.ts";
import { forgetStored, leftoverDependencies, listStored } from "./stored-dependencies.ts";
import { deleteTreeFile, listTreeFiles, readTreeFile, writeTreeFile } from "./tree-files.ts";
import { errorCode } from "../../processes/error-code.ts";

const EXEC_TIMEOUT = 120_000;
const TERM_GRACE = 200;
const MAX_LOCKFILE = 32 * 1024 * 1024;

interface Place extends SandboxPlace {
  readonly id: string;
  readonly root: string;
  /** One note per running process group. */
  readonly groups: string;
}

/** Sandboxes below `<home>/sandboxes`. Every method throws TbError for what a user or a model can cause. */
export function createLocalSandboxProvider(config: Config): SandboxProvider {
  const tier = createProcessTier(config.passthrough);

  async function open(id: string, create: boolean): Promise<Sandbox> {
    const place = placeOf(config.home, id);
    if (!create && !existsSync(place.work)) throw new TbError("not_found", `There is no sandbox "${id}".`);
    for (const folder of [place.root, place.work, place.home, place.tmp, place.run]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    // Only what a dead tb left: another command may be working in the same sandbox right now.
    await killRecordedGroups(place.groups, "abandoned");
    return createSandbox(config, tier, place);
  }

  return {
    name: "local",
    isolation: tier.isolation,
    missing: async () => (findNpm(config.passthrough) ? [] : [NO_NPM]),
    create: (id) => open(id, true),
    attach: (id) => open(id, false),
    async destroy(id) {
      const place = placeOf(config.home, id);
      if (!existsSync(place.root)) return;
      await killRecordedGroups(place.groups, "all");
      tier.killAll(place);
      await removeTree(place.root);
      removeSocketFolder(place.run);
    },

    async list() {
      const found: StoredSandbox[] = [];
      for (const id of await foldersIn(join(config.home, "sandboxes"))) {
        const facts = await pathFacts(placeOf(config.home, id).root);
        if (facts) found.push({ id, ...facts });
      }
      return found;
    },

    listDependencies: () => listStored(dependencyCache(config)),
    forgetDependencies: (key) => forgetStored(dependencyCache(config), key),
    leftovers: () => leftoverDependencies(dependencyCache(config)),
  };
}

function placeOf(home: string, id: string): Place {
  if (!/^[a-z0-9][a-z0-9._-]{0,99}$/i.test(id)) throw new TbError("usage", `"${id}" is not a sandbox id.`);
  const root = join(home, "sandboxes", id);
  const run = join(root, "run");
  return {
    id,
    root,
    work: join(root, "work"),
    home: join(root, "home"),
    tmp: join(root, "tmp"),
    run,
    groups: join(run, "groups"),
    mark: root,
  };
}

function createSandbox(config: Config, tier: Tier, place: Place): Sandbox {
  const { work } = place;

  async function start(command: readonly [string, ...string[]], env: Record<string, string>): Promise<LaunchedProcess> {
    const child = await tier.start(place, command, env);
    const forget = recordGroup(place.groups, child.pid);
    void child.exited.then(forget);
    return child;
  }

  return {
    id: place.id,
    provider: "local",
    isolation: tier.isolation,

    async exec(command, { signal, env = {}, timeout = EXEC_TIMEOUT, onOutput }: ExecOptions = {}) {
      if (signal?.aborted) throw interruption(signal);
      const startedAt = performance.now();
      const child = await start(command, env);
      const [stdout, stderr, output] = [createTextTail(), createTextTail(), createTextTail()];
      collect(child.stdout, [stdout, output], onOutput);
      collect(child.stderr, [stderr, output], onOutput);
      const end = await waitForEnd(child, { signal, timeout, grace: TERM_GRACE });
      return {
        ...end,
        stdout: stdout.text(),
        stderr: stderr.text(),
        output: output.text(),
        durationMs: Math.round(performance.now() - startedAt),
      };
    },

    async serve(command, { env = {} } = {}) {
      const socketPath = join(socketFolder(place.run), `${randomBytes(6).toString("hex")}.sock`);
      const child = await start(command, { ...env, NITRO_UNIX_SOCKET: socketPath });
      const output = createTextTail();
      collect(child.stdout, [output]);
      collect(child.stderr, [output]);
      return {
        socketPath,
        output: () => output.text(),
        exited: child.exited,
        async stop() {
          await child.stop(0); // SIGTERM would wait for keep-alive connections
          await rm(socketPath, { force: true });
        },
      };
    },

    readFile: async (path) => readTreeFile(work, path),
    writeFile: async (path, content) => writeTreeFile(work, path, content),
    deleteFile: async (path) => deleteTreeFile(work, path),
    listFiles: () => listTreeFiles(work),
    workTree: async () => work,

    async installDependencies({ signal, onProgress }) {
      const manifests = { packageJson: readTreeFile(work, "package.json"), lockfile: readLockfile(work) };
      // Always anew: whatever was done to the installed packages in the sandbox ends here.
      const stamp = randomBytes(6).toString("hex");
      const [incoming, outgoing] = [join(place.root, `incoming-${stamp}`), join(place.root, `outgoing-${stamp}`)];
      try {
        const shared = { to: incoming, how: "shared" } as const;
        const placed = await placeDependencies(config, manifests, shared, { signal, onProgress });
        await moveAway(join(work, "node_modules"), outgoing);
        await rename(incoming, join(work, "node_modules"));
        return placed;
      } finally {
        await Promise.all([removeTree(incoming), removeTree(outgoing)]);
      }
    },
  };
}

function readLockfile(work: string): string {
  try {
    return readTreeFile(work, "package-lock.json", MAX_LOCKFILE);
  } catch (error) {
    if (!(error instanceof TbError && error.code === "not_found")) throw error;
    throw new TbError("failure", "The project has no package-lock.json, so its dependencies cannot be installed.", {
      suggestion: "Run npm install --package-lock-only in the project and commit the file.",
      cause: error,
    });
  }
}

async function moveAway(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** Decodes a stream into the tails; a character that is cut between two chunks is kept together. */
function collect(stream: NodeJS.ReadableStream, tails: TextTail[], onOutput?: (chunk: string) => void): void {
  const decoder = new StringDecoder("utf8");
  const add = (text: string) => {
    if (text === "") return;
    for (const tail of tails) tail.add(text);
    onOutput?.(text);
  };
  stream.on("data", (chunk: Buffer) => add(decoder.write(chunk)));
  stream.on("end", () => add(decoder.end()));
}
