// Runs the built tb as a user does, in a process of its own.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProcessDeployTarget } from "../../src/adapters/deploy-target/process-deploy-target.ts";
import { readConfig } from "../../src/config.ts";
import { removeHome } from "./postgres.ts";
import { shareCache } from "./shared-cache.ts";

export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** What `--json` prints. */
export interface Envelope<Data> {
  ok: boolean;
  data: Data;
  error: { code: string; message: string; suggestion: string | null; retryable: boolean } | null;
  metadata: { command: string; schema_version: number; duration_ms: number; run_id: string | null };
}

export interface RunningTb {
  child: ChildProcess;
  done: Promise<Ran>;
  /** stdout so far. */
  stdout(): string;
}

const BIN = new URL("../../bin/run.cjs", import.meta.url).pathname;

/** An empty TB_HOME; `cache`, when given, is its cache of prepared dependencies. */
export async function tbHome(cache?: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "tb-e2e-"));
  if (cache) await shareCache(home, cache);
  return home;
}

/** Ends what tb has left running in the home (deployments, servers) and removes it. */
export async function removeTbHome(home: string): Promise<void> {
  const target = createProcessDeployTarget(readConfig({ PATH: process.env.PATH, TB_HOME: home }));
  const entries = await readdir(join(home, "deployments")).catch(() => [] as string[]);
  for (const projectId of entries.filter((name) => name.startsWith("prj_"))) await target.destroy(projectId);
  await removeHome(home);
}

export function startTb(
  home: string,
  args: string[],
  env: Record<string, string> = {},
  cwd = process.cwd(),
): RunningTb {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...process.env, TB_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  async function finish(): Promise<Ran> {
    await once(child, "close");
    return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
  }
  return { child, done: finish(), stdout: () => stdout };
}

export function tb(home: string, args: string[], env: Record<string, string> = {}): Promise<Ran> {
  return startTb(home, args, env).done;
}

/** A command that has to succeed; its data. */
export async function tbData<Data>(home: string, args: string[], env: Record<string, string> = {}): Promise<Data> {
  const { code, stdout, stderr } = await tb(home, [...args, "--json"], env);
  if (code !== 0) throw new Error(`tb ${args.join(" ")} exited ${code}\n${stdout}\n${stderr}`);
  return (JSON.parse(stdout) as Envelope<Data>).data;
}
