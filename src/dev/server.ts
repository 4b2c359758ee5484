// The project's own development server (Nitro's), which rebuilds and reloads what is saved, and what it says.
import { existsSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { TbError } from "../errors.ts";
import { cleanEnvironment } from "../processes/clean-environment.ts";
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
const FAILED = /^\[nitro\]\s+ERROR\s+.*[Bb]uild failed/;
/** The reason follows in lines of its own. */
const REASON_MS = 150;

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
  return { follow: (tell) => follow(child, port, tell), stop: () => child.stop(GRACE_MS) };
}

async function follow(
  child: LaunchedProcess,
  port: number,
  tell: (item: DevReload | DevLog) => Promise<void>,
): Promise<{ exitCode: number | null; portTaken: boolean }> {
  let portTaken = false;
  let telling = Promise.resolve();
  let failed: NodeJS.Timeout | undefined;
  let lastLine = "";

  function tellFailed(): void {
    telling = telling.then(() => tell({ type: "reload", ok: false, build_ms: null }));
  }

  async function pass(line: string, stream: DevLog["stream"]): Promise<void> {
    if (line.includes("EADDRINUSE") && line.endsWith(`:${port}`)) {
      portTaken = true; // Nitro builds on without a port
      void child.stop(0);
    }
    if (portTaken || NOISE.test(line) || (line === "" && lastLine === "")) return;
    lastLine = line;
    const [, ms] = BUILT.exec(line) ?? [];
    if (ms !== undefined) {
      clearTimeout(failed);
      return tell({ type: "reload", ok: true, build_ms: Number(ms) });
    }
    await tell({ type: "log", stream, line });
    if (FAILED.test(line)) failed = setTimeout(tellFailed, REASON_MS);
  }

  async function read(input: Readable, stream: DevLog["stream"]): Promise<void> {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      telling = telling.then(() => pass(printable(line), stream));
      await telling; // what is not taken holds the server's output back
    }
  }

  await Promise.all([read(child.stdout, "stdout"), read(child.stderr, "stderr")]);
  clearTimeout(failed);
  await telling;
  const { exitCode } = await child.exited;
  return { exitCode, portTaken };
}

function printable(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return stripVTControlCharacters(line).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
