// npm run faults [-- N]: kills `tb create` with SIGKILL at the start of every phase and at N random moments (default 20),
// resumes each, and counts what is unfinished, orphaned, lost or doubled; then ten creates at once. All but the times must
// be 0.
import { createPipeline } from "../src/pipeline/create.ts";
import { crashAndResume, leftovers, type Crash, type Moment } from "../test/helpers/crash.ts";
import { removeTbHome, tb, tbData, tbHome } from "../test/helpers/tb.ts";

/** Ten creates of different names at the same moment: all succeed, and nothing else is there afterwards. */
async function tenAtOnce(): Promise<void> {
  const names = Array.from({ length: 10 }, (_, i) => `at-once-${i}`);
  const since = performance.now();
  const ran = await Promise.all(names.map((name) => tb(home, ["create", "notes(title)", "--name", name, "--json"])));
  const failed = ran.filter(({ code }) => code !== 0);
  for (const { code, stdout } of failed) process.stdout.write(`exit ${code}: ${stdout}\n`);
  const stray = await leftovers(home, names);
  const seconds = Math.round((performance.now() - since) / 1000);
  process.stdout.write(
    `ten at once: ${10 - failed.length} succeeded in ${seconds} s, left over ${stray.length} ${stray.join("; ")}\n`,
  );
  if (failed.length > 0 || stray.length > 0) process.exitCode = 1;
}

const random = Number(process.argv[2] ?? 20);
const home = await tbHome();
const crashes: Crash[] = [];
let created = 0;

try {
  const since = performance.now();
  await tbData(home, ["create", "notes(title)", "--name", "warm-up"]);
  const first = performance.now() - since;
  await tbData(home, ["destroy", "warm-up", "--confirm", "warm-up"]);
  const moments: Moment[] = [
    ...createPipeline.phases.map(({ name }) => ({ phase: name })),
    ...Array.from({ length: random }, () => ({ afterMs: 200 + Math.random() * Math.min(first, 10_000) })),
  ];
  for (const moment of moments) {
    const crash = await crashAndResume(home, `fault-${++created}`, moment);
    crashes.push(crash);
    const where = "phase" in moment ? moment.phase : `${Math.round(moment.afterMs)} ms`;
    const how = crash.killed ? "killed" : "had finished";
    process.stdout.write(
      `${where.padEnd(22)} ${how.padEnd(13)} ${Math.round(crash.recoveryMs)} ms  ${crash.problems.join("; ") || "ok"}\n`,
    );
    if (crash.problems.length > 0) break; // the home is no longer clean: later checks would blame the wrong run
  }
  await tenAtOnce();
} finally {
  await removeTbHome(home);
}

const kills = crashes.filter(({ killed }) => killed);
const times = kills.map(({ recoveryMs }) => recoveryMs).toSorted((a, b) => a - b);
const count = (word: RegExp) =>
  crashes.flatMap(({ problems }) => problems).filter((problem) => word.test(problem)).length;
process.stdout.write(
  `kills ${kills.length}, unfinished ${count(/exited|not whole/)}, orphans ${count(/^(project|database|role|folder|process) /)}, ` +
    `activities lost or doubled ${count(/^activities/)}, p95 recovery ${Math.round(times[Math.floor(times.length * 0.95)] ?? 0)} ms\n`,
);
if (crashes.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
