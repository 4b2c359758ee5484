// How quickly tb starts: ratios to `node -e 0` and resident memory, against the goals of the project and beside two other
// command-line tools from npm. Exits 1 when a goal is missed.
// Run: npm run build && node bench/startup.ts [rounds] [--no-peers]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { removeHome } from "../test/helpers/postgres.ts";
import { fillActivities } from "./fill-activities.ts";
import { measure, median, type Timed } from "./alternate.ts";

const rounds = Number(process.argv[2] ?? 20) || 20;
const withPeers = !process.argv.includes("--no-peers");
const TB = fileURLToPath(new URL("../bin/run.cjs", import.meta.url));
/** Pinned, so that figures can be compared over time; their install scripts do not run. */
const PEERS = { "@shopify/cli": "4.8.2", vercel: "50.44.0" };

const scratch = mkdtempSync(join(tmpdir(), "tb-bench-"));
const empty = join(scratch, "empty");
const filled = join(scratch, "filled");
const env = { NODE_COMPILE_CACHE: join(scratch, "compiled"), XDG_CACHE_HOME: join(scratch, "cache") };

interface Row extends Timed {
  goal?: number;
}

function tb(args: string[], goal: number, home = empty, codes?: number[]): Row {
  const name = `tb ${args.join(" ")}`.trimEnd();
  return { name, args: [TB, ...args], goal, env: () => ({ ...env, TB_HOME: home }), ...(codes && { codes }) };
}

let cold = 0;
function coldly(row: Row, goal: number): Row {
  return {
    ...row,
    goal,
    name: `${row.name} (first start, nothing compiled)`,
    env: () => ({ ...row.env!(), NODE_COMPILE_CACHE: join(scratch, `cold-${cold++}`) }),
  };
}

function peers(): Row[] {
  const folder = join(tmpdir(), "tb-bench-peers");
  mkdirSync(folder, { recursive: true });
  for (const [name, version] of Object.entries(PEERS)) {
    if (existsSync(join(folder, "node_modules", name))) continue;
    const install = [
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      `${name}@${version}`,
    ];
    const { status } = spawnSync("npm", install, { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
    if (status !== 0) throw new Error(`${name} could not be installed; --no-peers leaves it out.`);
  }
  const shopify = join(folder, "node_modules/@shopify/cli/bin/run.js");
  const vercel = join(folder, "node_modules/vercel/dist/vc.js");
  const quiet = {
    ...env,
    CI: "1",
    SHOPIFY_CLI_NO_ANALYTICS: "1",
    VERCEL_TELEMETRY_DISABLED: "1",
    NO_UPDATE_NOTIFIER: "1",
  };
  const peer = (name: string, program: string, args: string[], codes = [0]): Row => ({
    name: `${name} ${args.join(" ")}`,
    args: [program, ...args],
    env: () => quiet,
    codes,
  });
  return [
    peer("shopify", shopify, ["--version"]),
    peer("shopify", shopify, ["--help"]),
    peer("shopify", shopify, ["theme", "dev", "--help"]),
    peer("shopify", shopify, ["theme", "dev", "--no-such-flag"], [1, 2]),
    peer("vercel", vercel, ["--version"]),
    peer("vercel", vercel, ["--help"], [0, 2]),
    peer("vercel", vercel, ["deploy", "--help"], [0, 2]),
    peer("vercel", vercel, ["deploy", "--no-such-flag"], [1, 2]),
  ];
}

/** Median over five runs of the most memory that a process had, in MB. */
function residentMemory(args: string[], home: string): number {
  const report = join(scratch, "memory");
  const hook = join(scratch, "memory.cjs");
  writeFileSync(
    hook,
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));`,
  );
  const runs = Array.from({ length: 5 }, () => {
    spawnSync(process.execPath, ["--require", hook, TB, ...args], {
      stdio: "ignore",
      env: { ...process.env, ...env, TB_HOME: home },
    });
    return Number(readFileSync(report, "utf8")) / 1024;
  });
  return median(runs);
}

let missed = 0;
function report(name: string, value: string, goal: string, met: boolean): void {
  if (!met) missed++;
  console.log(`${value.padStart(8)}  ${goal.padEnd(14)}${met ? "" : "MISSED  "}${name}`);
}

try {
  mkdirSync(empty);
  console.log("filling a million activities …");
  await fillActivities(filled, 1_000_000);
  const json = tb(["config", "list", "--json"], 2.1);
  const rows: Row[] = [
    tb(["--version"], 1.2),
    tb(["--help"], 1.2),
    tb([], 2.1),
    tb(["config", "list"], 2.1),
    json,
    tb(["create", "--help"], 2.1),
    tb(["db", "--help"], 2.1),
    tb(["activity", "--no-such-flag"], 2.4, empty, [2]),
    tb(["creat"], 2.4, empty, [2]),
    tb(["activity", "--limit", "50", "--json"], 3.0, filled),
    coldly(json, 2.7),
    ...(withPeers ? peers() : []),
  ];
  console.log(`${rounds} rounds, one run of each in turn; ratio to node -e 0`);
  const goals = new Map(rows.map((row) => [row.name, row.goal]));
  for (const { name, ratio, milliseconds } of measure(rows, rounds)) {
    const goal = goals.get(name);
    report(
      `${name}  ${milliseconds.toFixed(0)} ms`,
      ratio.toFixed(2),
      goal ? `goal ${goal}` : "",
      !goal || ratio <= goal,
    );
  }
  const without = residentMemory(["config", "list", "--json"], empty);
  const connected = residentMemory(["activity", "--limit", "50", "--json"], filled);
  report("resident memory, no database", `${without.toFixed(1)} MB`, "goal 58 MB", without <= 58);
  report("resident memory, connected", `${connected.toFixed(1)} MB`, "goal 66 MB", connected <= 66);
  if (missed > 0) console.log(`${missed} goals missed`);
  process.exitCode = missed > 0 ? 1 : 0;
} finally {
  await removeHome(filled);
  rmSync(scratch, { recursive: true, force: true });
}
