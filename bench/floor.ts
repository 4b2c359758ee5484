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
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { selectDatabaseCluster } from "../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../src/config.ts";
import type { CreateResult } from "../src/pipeline/phases/record.ts";
import { BUILD } from "../src/verify/build.ts";
import { FORMAT, LINT } from "../src/verify/lint.ts";
import { OPENAPI } from "../src/verify/openapi.ts";
import { readContract } from "../src/verify/probe/contract.ts";
import { TESTS } from "../src/verify/test-runner.ts";
import { TYPES, TYPES_ENV } from "../src/verify/types.ts";
import { boot, copy, databaseEnv, node, type Parts, probe, stopwatch } from "./bare.ts";

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
  const readable = contract;

  const connections = (database: string) => databaseEnv(cluster, PROJECT, database);

  async function measure(): Promise<{ total: number; parts: Parts }> {
    const { parts, timed } = stopwatch();
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
      const of = { cluster, projectId: PROJECT, database: DATABASE, scratch: SCRATCH, plan: made.plan };
      await timed("probes", () => probe(server, { ...of, contract: readable, files }));
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

  return { run: measure, remove: () => rm(folder, { recursive: true }) };
}

async function commitAndPush(cwd: string, bare: string): Promise<void> {
  const author = ["-c", "user.name=floor", "-c", "user.email=floor@example.com"];
  await command("git", ["init", "--quiet", "--bare", bare]);
  await command("git", ["init", "--quiet", "--initial-branch=main"], { cwd });
  await command("git", ["add", "--all"], { cwd });
  await command("git", [...author, "commit", "--quiet", "--message=create"], { cwd });
  await command("git", ["push", "--quiet", bare, "main"], { cwd });
}
