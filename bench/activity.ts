// A timeline of a million activities against the goals of the project. Exits 1 when a goal is missed.
// Run: npm run build && node bench/activity.ts [rows]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readConfig } from "../src/config.ts";
import { listActivities } from "../src/control/activity.ts";
import { type ActivityFilter, EVERYTHING } from "../src/control/activity-filter.ts";
import { groupActivities } from "../src/control/activity-groups.ts";
import { type ActivityScope, findScope } from "../src/control/activity-scope.ts";
import { type Control, openControl } from "../src/control/database.ts";
import { findOwner } from "../src/owner.ts";
import { removeHome } from "../test/helpers/postgres.ts";
import { measure, median, type Timed } from "./alternate.ts";
import { fillActivities } from "./fill-activities.ts";

const rows = Number(process.argv[2] ?? 1_000_000);
const TB = fileURLToPath(new URL("../bin/run.cjs", import.meta.url));
const RAW = fileURLToPath(new URL("raw-copy.ts", import.meta.url));
const PROJECT = "project-7";

const home = await mkdtemp(join(tmpdir(), "tb-bench-"));
const env = { TB_HOME: home, NODE_COMPILE_CACHE: join(home, "compiled"), TZ: "UTC" };
process.env.TZ = "UTC"; // the days of the sums
let missed = 0;

/** One line of the table; `goal` is the most it may be. */
function report(name: string, value: number, unit: string, goal?: number): void {
  const met = goal === undefined || value <= goal;
  if (!met) missed += 1;
  const text = `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`.trimEnd();
  const target = goal === undefined ? "" : `${met ? "" : "MISSED, "}goal ${goal} ${unit}`.trimEnd();
  process.stdout.write(`  ${name.padEnd(58)}${text.padStart(12)}  ${target}`.trimEnd() + "\n");
}

function head(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

/** Milliseconds that the server works on the statement that `ask` sends: the median of 20, after three that warm up. */
async function inServer(control: Control, ask: (control: Control) => Promise<unknown>): Promise<number> {
  const sent: { text: string; values: unknown[] | undefined }[] = [];
  const spy: Control = {
    ...control,
    query: (text, values) => {
      if (!text.startsWith("explain")) sent.push({ text, values });
      return control.query(text, values);
    },
  };
  await ask(spy);
  const { text, values } = sent.at(-1)!;
  const times: number[] = [];
  for (let round = 0; round < 23; round += 1) {
    const plan = await control.query<{ "QUERY PLAN": string }>(`explain (analyze, timing off) ${text}`, values);
    const line = plan.map((row) => row["QUERY PLAN"]).join("\n");
    if (round >= 3) times.push(Number(/Execution Time: ([\d.]+)/.exec(line)![1]));
  }
  return median(times);
}

async function queries(control: Control, all: ActivityScope, one: ActivityScope): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const range = { since: now - 30 * 86_400, until: now - 20 * 86_400 };
  const page = { limit: 50, before: null };
  const list = (scope: ActivityScope, filter: Partial<ActivityFilter> = {}) =>
    inServer(control, (spy) => listActivities(spy, scope, { ...EVERYTHING, ...filter }, page));
  head("In the server, warm, median of 20");
  report("newest 50 of a project", await list(one), "ms", 1);
  report("type and time range, 50 of all projects", await list(all, { types: ["deployment"], ...range }), "ms", 1);
  report("type and time range, 50 of a project", await list(one, { types: ["deployment"], ...range }), "ms", 1);
  report("newest 50 of all projects", await list(all), "ms");
  report("failed, 50 of all projects", await list(all, { status: "failed" }), "ms");
  report("search for a rare word, all projects", await list(all, { search: "4bf38fe" }), "ms");
  report("search for a common word, all projects", await list(all, { search: "endpoint" }), "ms");
  for (const by of ["day", "type"] as const) {
    for (const [name, scope] of [
      ["all projects", all],
      ["a project", one],
    ] as const) {
      for (const sums of [true, false]) {
        const ask = (spy: Control) => groupActivities(spy, scope, EVERYTHING, by, { sums });
        report(
          `by ${by}, ${name}, ${sums ? "from the sums" : "from the activities"}`,
          await inServer(control, ask),
          "ms",
        );
      }
    }
  }
}

/** Runs a program with its output in a file; wall time and peak memory. */
async function run(args: string[]): Promise<{ ms: number; mb: number }> {
  const begin = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let kilobytes = 0;
  const watching = setInterval(() => (kilobytes = Math.max(kilobytes, peakMemory(child.pid!))), 25);
  await pipeline(child.stdout, createWriteStream(join(home, "exported")));
  const [code] = await exited;
  clearInterval(watching);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}.`);
  return { ms: performance.now() - begin, mb: kilobytes / 1024 };
}

/** In kilobytes; 0 where the system does not tell or the process has ended. */
function peakMemory(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function exports(): Promise<void> {
  const programs: Record<string, string[]> = {
    "raw COPY": [RAW],
    ndjson: [TB, "activity", "--export", "ndjson"],
    csv: [TB, "activity", "--export", "csv"],
  };
  const taken = new Map<string, { ms: number; mb: number }[]>();
  for (let round = 0; round < 6; round += 1) {
    for (const [name, args] of Object.entries(programs)) {
      const one = await run(args);
      if (round > 0) taken.set(name, [...(taken.get(name) ?? []), one]);
    }
  }
  const raw = taken.get("raw COPY")!;
  head("Export of all, wall time as a ratio to a raw COPY of the same rows, median of 5 alternating rounds");
  report("raw COPY", median(raw.map(({ ms }) => ms)) / 1000, "s");
  for (const format of ["ndjson", "csv"]) {
    const times = taken.get(format)!;
    report(`tb activity --export ${format}`, median(times.map(({ ms }, i) => ms / raw[i]!.ms)), "", 3);
    report(`tb activity --export ${format}, peak memory`, Math.max(...times.map(({ mb }) => mb)), "MB", 220);
  }
}

const INSERT = `insert into project_actions (action_id, project_id, user_id, run_id, action_type, action_details, status,
  environment, created_at)`;
let made = 0;

async function insertSome(control: Control, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => `act_bench${String((made += 1)).padStart(12, "0")}`);
  await control.query(
    `${INSERT} select id, 'prj_bench00007', 'bench', 'run_bench', 'github_push', 'Pushed 5 files to main ' || md5(id), 'succeeded',
       'development', extract(epoch from now())::bigint from unnest($1::text[]) as id`,
    [ids],
  );
}

async function following(control: Control): Promise<void> {
  const child = spawn(process.execPath, [TB, "activity", "--follow", "--json", "--limit", "1"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const said: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => void said.push(text));
  while (said.length === 0) await sleep(10);
  const latencies: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    await sleep(50 + round * 37); // at different moments between two looks
    await insertSome(control, 1);
    const begin = performance.now();
    const id = `act_bench${String(made).padStart(12, "0")}`;
    while (!said.some((text) => text.includes(id))) await sleep(1);
    latencies.push(performance.now() - begin);
  }
  child.kill("SIGINT");
  await exited;
  head("Following: from the commit to the printed line, 20 activities");
  report("median", median(latencies), "ms");
  report("longest", Math.max(...latencies), "ms", 1000);
}

async function inserts(control: Control): Promise<void> {
  head("Inserting, per activity, commits included");
  const times = new Map<string, number[]>();
  for (let round = 0; round < 5; round += 1) {
    for (const trigger of ["enable", "disable"]) {
      await control.query(`alter table project_actions ${trigger} trigger user`);
      for (const [count, repeats] of [
        [1, 200],
        [1000, 3],
      ] as const) {
        const begin = performance.now();
        for (let n = 0; n < repeats; n += 1) await insertSome(control, count);
        const name = `${count === 1 ? "one by one" : "a thousand at once"}, ${trigger === "enable" ? "counted" : "not counted"}`;
        times.set(name, [...(times.get(name) ?? []), ((performance.now() - begin) / repeats / count) * 1000]);
      }
    }
  }
  await control.query("alter table project_actions enable trigger user");
  for (const [name, values] of times) report(name, median(values), "µs");
}

function tb(...args: string[]): Timed {
  return { name: `tb ${args.join(" ")}`, args: [TB, ...args], env: () => env };
}

async function commands(): Promise<void> {
  head("The whole command as a ratio to node -e 0, median of 30 alternating rounds");
  const timed = measure(
    [tb("activity", PROJECT, "--limit", "50", "--json"), tb("activity", "--limit", "50", "--json")],
    30,
  );
  for (const { name, ratio } of timed.slice(1)) report(name, ratio, "", 3);
}

try {
  process.stdout.write(`${rows.toLocaleString("en")} activities of 50 projects in 90 days …\n`);
  await fillActivities(home, rows);
  const control = await openControl(readConfig({ PATH: process.env.PATH, TB_HOME: home }));
  const owner = await findOwner();
  await queries(control, await findScope(control, owner, undefined), await findScope(control, owner, PROJECT));
  await commands();
  await exports();
  await following(control);
  await inserts(control);
  await control.close();
  process.stdout.write(missed === 0 ? "\nAll goals are met.\n" : `\n${missed} goals are missed.\n`);
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  await removeHome(home);
}
