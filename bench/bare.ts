// Programs of a project, started with nothing around them: no npm, no shell, no sandbox, no guard, no limits. What the floors of
// the benchmarks are made of.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { DatabaseCluster } from "../src/adapters/database-cluster/database-cluster.ts";
import type { SandboxServer } from "../src/adapters/sandbox/sandbox.ts";
import type { Plan } from "../src/plan/plan.ts";
import { ARTEFACT } from "../src/verify/build.ts";
import type { Contract } from "../src/verify/probe/contract.ts";
import { probeEndpoints } from "../src/verify/probe-endpoints.ts";
import { findRoutes } from "../src/verify/routes.ts";

/** Milliseconds of each part, by its name. */
export type Parts = Record<string, number>;

export type Timed = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Writes down how long each part takes. */
export function stopwatch(): { parts: Parts; timed: Timed } {
  const parts: Parts = {};
  return {
    parts,
    async timed(name, work) {
      const since = performance.now();
      const result = await work();
      parts[name] = performance.now() - since;
      return result;
    },
  };
}

/** What a project and its migrations are told of a database. */
export async function databaseEnv(
  cluster: DatabaseCluster,
  projectId: string,
  database: string,
): Promise<Record<string, string>> {
  const app = await cluster.connection(projectId, "app", database);
  const own = await cluster.connection(projectId, "own", database);
  const { host, port, user, password } = app;
  const project = { DB_HOST: host, DB_PORT: String(port), DB_NAME: database, DB_USER: user, DB_PASSWORD: password };
  return { ...project, MIGRATE_DB_USER: own.user, MIGRATE_DB_PASSWORD: own.password };
}

/** The prober's own requests. Throws when it finds anything. */
export async function probe(
  server: Pick<SandboxServer, "socketPath">,
  of: {
    cluster: DatabaseCluster;
    projectId: string;
    database: string;
    scratch: { probe: string; test: string };
    plan: Plan;
    contract: Contract;
    files: string[];
  },
): Promise<void> {
  const { contract, files, plan, ...rest } = of;
  const signal = new AbortController().signal;
  const unused = { sandbox: null as never, onProgress: () => {}, nodePath: "" };
  const silent = {
    ...server,
    output: () => "",
    hasToldSecrets: () => false,
    exited: new Promise<never>(() => {}),
    stop: async () => {},
  };
  const tables = plan.tables.map(({ name }) => name);
  const { failures } = await probeEndpoints(
    { ...rest, plan, signal, ...unused },
    { server: silent, contract, routes: findRoutes(files), tables, secrets: [] },
  );
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
}

export interface BareServer {
  child: ChildProcess;
  socketPath: string;
}

/** Source and hard links to the prepared dependencies. */
export async function copy(source: string, dependencies: string, work: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", source, work]);
  await promisify(execFile)("cp", ["-al", dependencies, join(work, "node_modules")]);
  await mkdir(join(work, "node_modules/.cache/tb"), { recursive: true }); // where the tests' report goes
}

/** A project as it stands, with its packages. */
export async function copyTree(source: string, work: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", source, work]);
  await mkdir(join(work, "node_modules/.cache/tb"), { recursive: true });
}

/** Rejects unless it ends with 0. */
export async function node(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  await promisify(execFile)(process.execPath, [...args], { cwd, env: { ...clean(), ...env }, maxBuffer: 1e9 });
}

function clean(): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: tmpdir(), NO_COLOR: "1", CI: "1" };
}

/** Starts the artefact and asks for its health until it says so. */
export async function boot(cwd: string, env: Record<string, string>, socketPath: string): Promise<BareServer> {
  const child = spawn(process.execPath, [ARTEFACT], {
    cwd,
    env: { ...clean(), NODE_ENV: "production", ...env, NITRO_UNIX_SOCKET: socketPath },
    stdio: "ignore",
  });
  while ((await health(socketPath)) !== 200) {
    if (child.exitCode !== null) throw new Error(`The artefact ended with exit code ${child.exitCode}.`);
    await sleep(5);
  }
  return { child, socketPath };
}

function health(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: "/api/health", agent: false }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    });
    asked.on("error", () => resolve(undefined));
    asked.end();
  });
}
