// The project's own development server (Nitro's), which rebuilds and reloads what is saved, and what it says.
import { existsSync, readFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { TbError } from "../errors.ts";
import { cleanEnvironment } from "../processes/clean-environment.ts";
import { errorCode } from "../processes/error-code.ts";
import { launch, type LaunchedProcess } from "../processes/launch.ts";
import type { DevLog, DevReload } from "./dev-item.ts";

export interface ServerOptions {
  /** The working copy. */
  folder: string;
  port: number;
  /** The connection, and nothing else that is secret. */
  env: Record<string, string>;
  passthrough: Readonly<Record<string, string>>;
}

export interface DevServer {
  /** Passes on what it says, in order, as fast as it is taken. Resolves when it has ended; false when the port was taken. */
  follow(tell: (item: DevReload | DevLog) => Promise<void>): Promise<{ exitCode: number | null; portTaken: boolean }>;
  stop(): Promise<void>;
}

const PROGRAM = "node_modules/nitro/dist/cli/index.mjs";
const GRACE_MS = 500;

/** Said at the start, about things that are not so, or of Nitro's inside. */
const NOISE =
  /^(➜ Listening on:|\[nitro\] ℹ Starting dev watcher|[ℹ◐✔] (`?jiti`? is required|Install(ing|ed) `?jiti)|\s+at .*node_modules\/(rolldown|nitro)\/)/;
const BUILT = /^\[nitro\] ✔ .*built in (\d+) ?ms$/;
const FAILED = /^\[nitro\]\s+ERROR\s+.*([Bb]uild failed|Dev worker failed)/;
/** The reason follows in lines of its own. */
const REASON_MS = 150;
const TAKE_OVER_MS = 10_000;
const LOOK_MS = 20;

/** What Nitro would install by itself when nitro.config.ts has an error in it, npm only pretends to. */
const NO_INSTALL = { npm_config_dry_run: "true", npm_config_offline: "true", npm_config_logs_max: "0" };

/** Starts it in a process group of its own that ends with tb, however tb ends. Throws TbError "failure" without Nitro. */
export async function startServer({ folder, port, env, passthrough }: ServerOptions): Promise<DevServer> {
  if (!existsSync(join(folder, PROGRAM))) {
    throw new TbError("failure", "Nitro is not among the installed packages, so there is nothing to serve with.", {
      suggestion: `cd ${folder} && npm ci`,
    });
  }
  const { CI: _, ...clean } = cleanEnvironment(passthrough, {
    home: homedir(),
    tmp: tmpdir(),
    bin: join(folder, "node_modules/.bin"),
  });
  const command = [process.execPath, PROGRAM, "dev", "--host", "127.0.0.1", "--port", String(port)] as const;
  const child = await launch(command, { cwd: folder, env: { ...clean, ...NO_INSTALL, ...env }, mark: folder });
  return { follow: (tell) => follow(child, { folder, port }, tell), stop: () => child.stop(GRACE_MS) };
}

async function follow(
  child: LaunchedProcess,
  { folder, port }: Pick<ServerOptions, "folder" | "port">,
  tell: (item: DevReload | DevLog) => Promise<void>,
): Promise<{ exitCode: number | null; portTaken: boolean }> {
  let portTaken = false;
  let telling = Promise.resolve();
  let lastLine = "";
  let builds = 0;
  let worker = workerOf(folder);

  function tellReload(ok: boolean, ms: number | null): void {
    telling = telling.then(() => tell({ type: "reload", ok, build_ms: ms }));
  }

  /** Built is not served yet: a new worker takes over from the old one. */
  async function untilServed(build: number, ms: number): Promise<void> {
    const deadline = performance.now() + TAKE_OVER_MS;
    while (workerOf(folder) === worker && performance.now() < deadline) {
      if (build !== builds) return; // a newer one has begun
      await delay(LOOK_MS);
    }
    worker = workerOf(folder);
    if (build === builds) tellReload(true, ms);
  }

  async function untilSaid(build: number): Promise<void> {
    await delay(REASON_MS);
    if (build === builds) tellReload(false, null);
  }

  async function pass(line: string, stream: DevLog["stream"]): Promise<void> {
    if (line.includes("EADDRINUSE") && line.endsWith(`:${port}`)) {
      portTaken = true; // Nitro builds on without a port
      void child.stop(0);
    }
    if (portTaken || NOISE.test(line) || (line === "" && lastLine === "")) return;
    lastLine = line;
    const [, ms] = BUILT.exec(line) ?? [];
    if (ms !== undefined) return void untilServed(++builds, Number(ms));
    await tell({ type: "log", stream, line });
    if (FAILED.test(line)) void untilSaid(++builds);
  }

  async function read(input: Readable, stream: DevLog["stream"]): Promise<void> {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      telling = telling.then(() => pass(printable(line), stream));
      await telling; // what is not taken holds the server's output back
    }
  }

  await Promise.all([read(child.stdout, "stdout"), read(child.stderr, "stderr")]);
  builds = -1; // whatever is waited for is over
  await telling;
  const { exitCode } = await child.exited;
  return { exitCode, portTaken };
}

/** What Nitro notes of the worker that serves; the same text as long as it is the same one. */
function workerOf(folder: string): string | null {
  try {
    return readFileSync(join(folder, "node_modules/.nitro/nitro.dev.json"), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

function printable(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return stripVTControlCharacters(line).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
