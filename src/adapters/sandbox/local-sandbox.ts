// Sandboxes on this machine: a folder each, and processes in a tier of isolation.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { interruption } from "../../processes/interruption.ts";
import { type RedactedStream, redactedStream } from "../../secrets/redactor.ts";
import { createTextTail, type TextTail } from "../../processes/text-tail.ts";
import { killPlace, type Command, type LaunchedProcess } from "../../processes/launch.ts";
import { waitForEnd } from "../../processes/wait-for-end.ts";
import { foldersIn, pathFacts } from "../../processes/folders.ts";
import { compiledEnvironment, hasCompiled, keepCompiled, placeCompiled } from "./compiled-code.ts";
import { dependencyCache } from "./dependency-cache.ts";
import { arePackagesIntact, installPackages, keepPackages, stampsOfPackages } from "./install-packages.ts";
import { findNpm, NO_NPM } from "./npm-ci.ts";
import { openDatabaseDoor, openDoors, type CommandDoors, type DoorOptions } from "./command-doors.ts";
import { createDiskWatch, type DiskLimits, type DiskWatch } from "./disk-watch.ts";
import { GATE_PORT } from "./gate/database-gate.ts";
import { killRecordedGroups, recordGroup } from "./process-records.ts";
import type { Tier } from "./process-tier.ts";
import type { ExecOptions, InstallOptions, Sandbox, SandboxProvider, StoredSandbox } from "./sandbox.ts";
import {
  makePlace,
  place,
  placeOf,
  removePlace,
  requireSandboxId,
  sandboxFolders,
  sparesBeside,
  type Place,
} from "./sandbox-place.ts";
import { forgetSpare } from "./spare-packages.ts";
import { selectTier, type SelectedTier } from "./select-tier.ts";
import { forgetStored, leftoverDependencies, listStored } from "./stored-dependencies.ts";
import { adoptTree } from "./adopt-tree.ts";
import { stampFiles } from "./stamps.ts";
import { deleteTreeFile, listTreeFiles, NOT_LISTED, readTreeFile, writeTreeFile } from "./tree-files.ts";

const EXEC_TIMEOUT = 120_000;
const TERM_GRACE = 200;
const OPEN_DOOR = "work";

/** Sandboxes on this machine, by default in the strongest tier that works here. Every method throws TbError for what a user
 * or a model can cause. */
export function createLocalSandboxProvider(
  config: Config,
  select: (config: Config) => Promise<SelectedTier> = selectTier,
  diskLimits?: DiskLimits,
): SandboxProvider {
  /** One for each sandbox, however often it is opened. */
  const watches = new Map<string, DiskWatch>();

  async function open(id: string, create: boolean): Promise<Sandbox> {
    const { tier } = await select(config);
    const place = await placeOf(config, id, tier.isolation);
    if (!create && !existsSync(place.work)) throw new TbError("not_found", `There is no sandbox "${id}".`);
    makePlace(place);
    // Only what a dead tb left: another command may be working in the same sandbox right now.
    await killRecordedGroups(place.groups, "abandoned");
    const watch = watches.get(place.root) ?? createDiskWatch([place.root, ...place.sockets], diskLimits);
    watches.set(place.root, watch);
    return createSandbox(config, tier, place, watch);
  }

  /** All that is there, wherever the tier of the day puts it. */
  async function stored(): Promise<Place[]> {
    const places: Place[] = [];
    for (const folder of await sandboxFolders(config)) {
      for (const id of await foldersIn(folder)) places.push(place(folder, id, null));
    }
    return places;
  }

  return {
    name: "local",
    describeIsolation: async () => (await select(config)).facts,
    missing: async () => (findNpm(config.passthrough) ? [] : [NO_NPM]),
    create: (id) => open(id, true),
    attach: (id) => open(id, false),
    async destroy(id) {
      requireSandboxId(id);
      for (const found of (await stored()).filter((one) => one.id === id)) {
        await killRecordedGroups(found.groups, "all");
        killPlace(found.mark);
        await keepPackages(found).catch(() => {}); // only a saving; what is wrong there, the removal meets as well
        await removePlace(found);
        watches.delete(found.root);
      }
    },

    async list() {
      const found: StoredSandbox[] = [];
      for (const { id, root } of await stored()) {
        const facts = await pathFacts(root);
        if (facts) found.push({ id, ...facts });
      }
      return found;
    },

    listDependencies: () => listStored(dependencyCache(config)),
    async forgetDependencies(key) {
      if (!(await forgetStored(dependencyCache(config), key))) return false;
      for (const folder of await sandboxFolders(config)) await forgetSpare(sparesBeside(folder), key);
      return true;
    },
    async leftovers() {
      const spares = (await sandboxFolders(config)).map(sparesBeside);
      const folders = [dependencyCache(config), ...spares];
      return (await Promise.all(folders.map(leftoverDependencies))).flat();
    },
  };
}

function createSandbox(config: Config, tier: Tier, place: Place, watch: DiskWatch): Sandbox {
  const { work } = place;
  // Links where the sandbox cannot write through them, or where nothing would keep it from the prepared files anyway.
  const how = place.owner !== null || tier.isolation === "process" ? "shared" : "copied";
  // Only where nothing of a sandbox outlives it, and it cannot write into its packages.
  const spares = place.owner !== null && tier.isolation === "bubblewrap" ? place.spares : null;
  let broken = 0;
  let killed = 0;

  function noteBroken(): void {
    broken += 1;
  }

  /** A shell, and what isolates, end with 128 + 9 when what they run was killed. */
  function noteEnd(exitCode: number | null): void {
    if (exitCode === null || exitCode === 128 + constants.signals.SIGKILL) killed += 1;
  }

  /** @param say is told why the command is stopped. */
  async function start(
    command: readonly [string, ...string[]],
    { env, ...asked }: Pick<ExecOptions, "env"> & DoorOptions,
    say: (text: string) => void,
  ): Promise<{ child: LaunchedProcess; doors: CommandDoors; stopped: () => boolean }> {
    watch.requireRoom();
    const doors = await openDoors(config, place, asked, noteBroken);
    let child: LaunchedProcess;
    try {
      child = await tier.start(doors.place, command, { ...env, ...doors.env });
    } catch (error) {
      await doors.close();
      throw error;
    }
    let forget: () => void;
    try {
      forget = recordGroup(place.groups, child.pid);
    } catch (error) {
      await child.stop(0); // on a full disk: nobody would know of it
      await doors.close();
      throw error;
    }
    let stopped = false;
    const rest = watch.start(({ text, whose }) => {
      stopped = true;
      if (whose === "disk") killed += 1;
      say(`\nStopped by tb: ${text}\n`);
      void child.stop(0);
    });
    void cleanUp(child, async () => {
      rest();
      forget();
      await doors.close();
    });
    return { child, doors, stopped: () => stopped };
  }

  /** The folder of each is beside `work`, because Node goes by the way from one to the other. */
  async function useCompiled(prepared: string, warmUp: readonly Command[], signal?: AbortSignal): Promise<void> {
    if (warmUp.length > 0 && !hasCompiled(prepared)) {
      for (const command of warmUp) await sandbox.exec(command, { env: compiledEnvironment(place.tmp), signal });
      await keepCompiled(prepared, place.tmp);
    }
    await placeCompiled(prepared, place.compiled, place.owner?.uid ?? process.getuid!(), signal);
  }

  const sandbox: Sandbox = {
    id: place.id,
    provider: "local",
    isolation: tier.isolation,

    async exec(command, { signal, timeout = EXEC_TIMEOUT, onOutput, ...asked }: ExecOptions = {}) {
      if (signal?.aborted) throw interruption(signal);
      const startedAt = performance.now();
      const [stdout, stderr, output] = [createTextTail(), createTextTail(), createTextTail()];
      const { child, doors, stopped } = await start(command, asked, (text) =>
        [stderr, output].forEach((tail) => tail.add(text)),
      );
      collect(child.stdout, [stdout, output], onOutput);
      collect(child.stderr, [stderr, output], onOutput);
      const end = await waitForEnd(child, { signal, timeout, grace: TERM_GRACE });
      if (!end.timedOut && !stopped()) noteEnd(end.exitCode);
      return {
        ...end,
        stdout: stdout.text(),
        stderr: stderr.text(),
        output: output.text(),
        durationMs: Math.round(performance.now() - startedAt),
        connections: doors.connections(),
      };
    },

    async serve(command, { env, databases } = {}) {
      const socketPath = join(place.sockets[0]!, `${randomBytes(6).toString("hex")}.sock`);
      const output = createTextTail();
      const asked = { env: { ...env, NITRO_UNIX_SOCKET: socketPath }, databases };
      const { child, stopped } = await start(command, asked, (text) => output.add(text));
      let ending = false;
      void child.exited.then(({ exitCode }) => ending || stopped() || noteEnd(exitCode));
      const told = [collect(child.stdout, [output]), collect(child.stderr, [output])];
      return {
        socketPath,
        output: () => output.text(),
        hasToldSecrets: () => told.some((stream) => stream.hasHidden()),
        exited: child.exited,
        async stop() {
          ending = true;
          await child.stop(0); // SIGTERM would wait for keep-alive connections
          await rm(socketPath, { force: true });
        },
      };
    },

    openDatabases: (databases, ready) => openDatabaseDoor(place, OPEN_DOOR, databases, noteBroken, ready),
    brokenSessions: () => broken,
    killedPrograms: () => killed,
    isDiskNearlyFull: () => watch.isNearlyFull(),
    databaseAddress: { host: join(place.gates[0]!, OPEN_DOOR), port: GATE_PORT },

    readFile: async (path) => readTreeFile(work, path),
    writeFile: async (path, content) => writeTreeFile(work, path, content),
    deleteFile: async (path) => deleteTreeFile(work, path),
    listFiles: () => listTreeFiles(work),
    workTree: async () => work,
    async fillTree(fill) {
      await fill(work);
      if (place.owner) adoptTree(work, place.owner);
    },

    stamps: async (of) => {
      if (of === "dependencies") return stampsOfPackages(place, how);
      return of === "tree" ? stampFiles(work, NOT_LISTED) : stampFiles(join(work, ".output"));
    },
    installDependencies: install,
    async restoreDependencies(options) {
      if (!arePackagesIntact(place, how)) await install(options);
    },
  };

  async function install({ signal, onProgress, warmUp = [] }: InstallOptions): Promise<{ cached: boolean }> {
    const placed = await installPackages(config, place, { how, spares }, { signal, onProgress });
    if (tier.isolation === "bubblewrap") await useCompiled(placed.folder, warmUp, signal);
    return { cached: placed.cached };
  }

  return sandbox;
}

async function cleanUp(child: LaunchedProcess, after: () => Promise<void>): Promise<void> {
  await child.exited;
  await after();
}

/** Decodes a stream into the tails; a character that is cut between two chunks is kept together. What a program prints may
 * hold the passwords that it was given: they end here, before anything is cut off, judged or told. */
function collect(stream: NodeJS.ReadableStream, tails: TextTail[], onOutput?: (chunk: string) => void): RedactedStream {
  const decoder = new StringDecoder("utf8");
  const add = (text: string) => {
    if (text === "") return;
    for (const tail of tails) tail.add(text);
    onOutput?.(text);
  };
  const redacted = redactedStream();
  stream.on("data", (chunk: Buffer) => add(redacted.push(decoder.write(chunk))));
  stream.on("end", () => add(redacted.push(decoder.end()) + redacted.end()));
  return redacted;
}
