// The floor of `bench/create.ts`: what a create cannot do without, for a project that tb has made once, as a plain script
// with every part beside the others that its input allows:
//
//   copy the prepared dependencies (hard links) ─┬─ types
//                                                ├─ lint, format
//                                                ├─ openapi
//                                                ├─ build ── boot ── the prober's requests ┐
//   make the database ─ (dependencies) ─ migrate ┴─ two copies of it ─┬────────────────────┘
//                                                                     └─ tests
//   then init, commit and push, then boot the artefact on the database until it is healthy
//
// Why it is honest: processes are started directly (no npm, no shell, no guard, no limits), commands are those of the
// verification, the requests are sent by the prober itself, and nothing is checked, recorded or cleaned up in the time.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { selectDatabaseCluster } from "../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../src/config.ts";
import type { CreateResult } from "../src/pipeline/phases/record.ts";
import { ARTEFACT, BUILD } from "../src/verify/build.ts";
import { FORMAT, LINT } from "../src/verify/lint.ts";
import { OPENAPI } from "../src/verify/openapi.ts";
import { type Contract, readContract } from "../src/verify/probe/contract.ts";
import { probeEndpoints } from "../src/verify/probe-endpoints.ts";
import { findRoutes } from "../src/verify/routes.ts";
import { TESTS } from "../src/verify/test-runner.ts";
import { TYPES, TYPES_ENV } from "../src/verify/types.ts";

/** Milliseconds of each part, by its name. */
export type Parts = Record<string, number>;

export interface Floor {
  run(): Promise<{ total: number; parts: Parts }>;
  remove(): Promise<void>;
}

const PROJECT = "prj_floor";
const DATABASE = `turbobackend_${PROJECT}`;
const SCRATCH = { probe: `${DATABASE}_probe`, test: `${DATABASE}_test` };
const command = promisify(execFile);

export async function prepareFloor(home: string, made: CreateResult): Promise<Floor> {
  const cluster = selectDatabaseCluster(readConfig({ PATH: process.env.PATH, TB_HOME: home }));
  const cache = join(home, "cache", "dependencies");
  const dependencies = join(cache, (await readdir(cache))[0]!, "node_modules");
  const folder = await mkdtemp(join(tmpdir(), "tb-floor-"));
  const source = join(folder, "source");
  await command("git", ["clone", "--quiet", made.repository.url, source]);
  await rm(join(source, ".git"), { recursive: true });
  const files = (await readdir(source, { recursive: true })).toSorted();
  const contract = readContract(await readFile(join(source, "openapi.json"), "utf8"));
  if ("problem" in contract) throw new Error(contract.problem);

  async function connections(database: string): Promise<Record<string, string>> {
    const app = await cluster.connection(PROJECT, "app", database);
    const own = await cluster.connection(PROJECT, "own", database);
    const { host, port, user, password } = app;
    const project = { DB_HOST: host, DB_PORT: String(port), DB_NAME: database, DB_USER: user, DB_PASSWORD: password };
    return { ...project, MIGRATE_DB_USER: own.user, MIGRATE_DB_PASSWORD: own.password };
  }

  async function measure(): Promise<{ total: number; parts: Parts }> {
    const parts: Parts = {};
    async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
      const since = performance.now();
      const result = await work();
      parts[name] = performance.now() - since;
      return result;
    }

    const work = join(folder, "work");
    const begin = performance.now();
    const copied = timed("copy", () => copy(source, dependencies, work));
    const databases = makeDatabases();

    async function makeDatabases(): Promise<void> {
      await timed("make the database", () => cluster.provision(PROJECT, DATABASE));
      await copied;
      await timed("migrate", async () => node(work, ["scripts/migrate.ts"], await connections(DATABASE)));
      await timed("copy the database twice", async () => {
        await cluster.copy(PROJECT, DATABASE, SCRATCH.test);
        await cluster.copy(PROJECT, DATABASE, SCRATCH.probe);
      });
    }

    async function buildAndProbe(): Promise<void> {
      await timed("build", () => node(work, BUILD));
      await databases;
      const env = await connections(SCRATCH.probe);
      const server = await timed("boot", () => boot(work, env, join(folder, "probe.sock")));
      await timed("probes", () => probe(server, made, contract as Contract));
      server.child.kill("SIGKILL");
    }

    async function test(): Promise<void> {
      await databases;
      const env = { ...(await connections(SCRATCH.test)), TEST_DB_NAME: SCRATCH.test };
      await timed("tests", () => node(work, TESTS, env));
    }

    await copied;
    await Promise.all([
      timed("types", () => node(work, TYPES, TYPES_ENV)),
      timed("lint", () => node(work, LINT)),
      timed("format", () => node(work, FORMAT)),
      timed("openapi", () => node(work, OPENAPI)),
      buildAndProbe(),
      test(),
    ]);
    await timed("commit and push", () => commitAndPush(work, join(folder, "bare.git")));
    const live = await connections(DATABASE);
    const server = await timed("boot for the users", () => boot(work, live, join(folder, "live.sock")));
    const total = performance.now() - begin;

    server.child.kill("SIGKILL");
    for (const database of [SCRATCH.test, SCRATCH.probe, DATABASE]) await cluster.dropDatabase(database);
    await cluster.dropRoles(PROJECT);
    for (const name of ["work", "bare.git"]) await rm(join(folder, name), { recursive: true });
    return { total, parts };
  }

  async function probe(server: Server, { plan }: CreateResult, contract: Contract): Promise<void> {
    const signal = new AbortController().signal;
    const subject = { cluster, projectId: PROJECT, database: DATABASE, scratch: SCRATCH, plan, signal, nodePath: "" };
    const unused = { sandbox: null as never, onProgress: () => {} };
    const { failures } = await probeEndpoints(
      { ...subject, ...unused },
      {
        server: { ...server, output: () => "" },
        contract,
        routes: findRoutes(files),
        tables: made.database.tables,
        secrets: [],
      },
    );
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
  }

  return { run: measure, remove: () => rm(folder, { recursive: true }) };
}

interface Server {
  child: ChildProcess;
  socketPath: string;
  exited: Promise<{ exitCode: number | null }>;
  stop: () => Promise<void>;
}

async function copy(source: string, dependencies: string, work: string): Promise<void> {
  await command("cp", ["-a", source, work]);
  await command("cp", ["-al", dependencies, join(work, "node_modules")]);
  await mkdir(join(work, "node_modules/.cache/tb"), { recursive: true }); // where the tests' report goes
}

async function node(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  await command(process.execPath, [...args], { cwd, env: { ...clean(), ...env }, maxBuffer: 1e9 });
}

function clean(): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: tmpdir(), NO_COLOR: "1", CI: "1" };
}

/** Starts the artefact and asks for its health until it says so. */
async function boot(cwd: string, env: Record<string, string>, socketPath: string): Promise<Server> {
  const child = spawn(process.execPath, [ARTEFACT], {
    cwd,
    env: { ...clean(), NODE_ENV: "production", ...env, NITRO_UNIX_SOCKET: socketPath },
    stdio: "ignore",
  });
  const exited = once(child, "exit").then(() => ({ exitCode: child.exitCode }));
  while ((await health(socketPath)) !== 200) {
    if (child.exitCode !== null) throw new Error(`The artefact ended with exit code ${child.exitCode}.`);
    await sleep(5);
  }
  return { child, socketPath, exited, stop: async () => {} };
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

async function commitAndPush(cwd: string, bare: string): Promise<void> {
  const author = ["-c", "user.name=floor", "-c", "user.email=floor@example.com"];
  await command("git", ["init", "--quiet", "--bare", bare]);
  await command("git", ["init", "--quiet", "--initial-branch=main"], { cwd });
  await command("git", ["add", "--all"], { cwd });
  await command("git", [...author, "commit", "--quiet", "--message=create"], { cwd });
  await command("git", ["push", "--quiet", bare, "main"], { cwd });
}
