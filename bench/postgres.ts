// The embedded Postgres: what starting it costs, as a ratio to `node -e 0` (alternating runs), and how much memory it takes.
// Run: node bench/postgres.ts [rounds]
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { createEmbeddedPostgres } from "../src/adapters/database-cluster/embedded-postgres.ts";
import { locateCluster } from "../src/adapters/database-cluster/postgres-location.ts";
import { selectDatabaseCluster } from "../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../src/config.ts";
import { openControl } from "../src/control/database.ts";

const rounds = Number(process.argv[2] ?? 10);
const samples = new Map<string, number[]>();
const memory = new Map<string, number[]>();

async function timed<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const begin = performance.now();
  const result = await work();
  add(samples, name, performance.now() - begin);
  return result;
}

function add(to: Map<string, number[]>, name: string, value: number): void {
  to.set(name, [...(to.get(name) ?? []), value]);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Proportional memory of a server with all its processes, in MB. */
async function proportionalSize(postmaster: number): Promise<number> {
  let kilobytes = 0;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (Number(pid) !== postmaster && parent !== postmaster) continue;
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

async function round(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "tb-bench-"));
  const config = readConfig({ PATH: process.env.PATH, TB_HOME: home });
  const control = createEmbeddedPostgres(config, "control");
  const projects = createEmbeddedPostgres(config, "projects");
  try {
    await timed("node", () => spawnSync(process.execPath, ["-e", "0"]));
    await (await timed("nothing on disk -> migrated control schema", () => openControl(config))).close();
    await timed("stop", () => control.stop());
    await timed("start of a stopped server", () => control.ensure());
    await timed("look at a running server", () => control.ensure());
    await (await timed("open the control database, server up", () => openControl(config))).close();
    const client = new Client({ ...(await control.administrator()), database: "tb_control" });
    await timed("connect", () => client.connect());
    await client.end();
    await projects.ensure();
    const cluster = selectDatabaseCluster(config);
    await timed("database and roles of a project", () => cluster.provision("prj_bench", "turbobackend_prj_bench"));
    await timed("copy of an empty database", () =>
      cluster.copy("prj_bench", "turbobackend_prj_bench", "turbobackend_prj_bench_dev"),
    );
    for (const server of [control, projects]) {
      await server.stop(); // idle means: no session before, its caches empty
      await server.ensure();
      const { pid } = await server.status();
      if (pid !== null && process.platform === "linux") add(memory, server.name, await proportionalSize(pid));
    }
  } finally {
    const { base } = await locateCluster(home, "control");
    await control.stop();
    await projects.stop();
    await rm(base, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  }
}

for (let n = 0; n < rounds; n += 1) await round();
const node = median(samples.get("node") ?? []);
process.stdout.write(`median of ${rounds} rounds; ratio to node -e 0 (${node.toFixed(1)} ms here)\n`);
for (const [name, values] of samples) {
  if (name !== "node") process.stdout.write(`${name.padEnd(45)} ${(median(values) / node).toFixed(2)}\n`);
}
for (const [name, values] of memory) {
  process.stdout.write(`${`idle ${name} server, MB (proportional)`.padEnd(45)} ${median(values).toFixed(1)}\n`);
}
