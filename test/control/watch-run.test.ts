// Watching a run of another process: real processes that work on a small pipeline, and the command as a user gives it.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openControl, type Control } from "../../src/control/database.ts";
import { watchRun } from "../../src/control/watch-run.ts";
import { newId } from "../../src/ids.ts";
import type { RunEvent } from "../../src/pipeline/types.ts";
import type { ScratchHome } from "../helpers/postgres.ts";
import { startTb, tb } from "../helpers/tb.ts";
import { until } from "../processes/until.ts";
import { compiledBefore, readyScratch } from "../helpers/homes.ts";

let scratch: ScratchHome;
let control: Control;
let folder: string;

beforeAll(async () => {
  scratch = await readyScratch();
  control = await openControl(scratch.config);
  folder = await mkdtemp(join(tmpdir(), "tb-watch-"));
});
afterAll(async () => {
  await control.close();
  await scratch.remove();
  await rm(folder, { recursive: true, force: true });
});

test("tells a run that parks and goes on in another process as one story", async () => {
  const runId = newId("run");
  const first = await work(runId, "hang");
  const seen: RunEvent[] = [];
  const watching = watchRun(control, runId, (event) => void seen.push(event), new AbortController().signal);
  await until(() => seen.some((event) => event.type === "phase.started" && event.phase === "second"));
  first.child.kill("SIGINT");
  await first.exited;
  expect((await watching)!.state).toBe("parked");
  expect(seen.at(-1)!.type).toBe("run.parked");

  await (
    await work(runId, "ok")
  ).exited;
  const whole: RunEvent[] = [];
  const row = await watchRun(control, runId, (event) => void whole.push(event), new AbortController().signal);
  expect(row!.state).toBe("succeeded");
  expect(whole.map(({ type }) => type)).toEqual([
    "run.started",
    "phase.started",
    "progress",
    "activity",
    "phase.finished",
    "phase.started",
    "phase.finished",
    "run.finished",
  ]);
  expect(new Set(whole.map(({ seq }) => seq)).size).toBe(whole.length);
});

test("the command ends with the run's outcome and exit code", async () => {
  const [done, parked, failed] = [newId("run"), newId("run"), newId("run")];
  for (const [runId, mode] of [
    [done, "ok"],
    [parked, "park"],
    [failed, "fail"],
  ] as const)
    await (
      await work(runId, mode)
    ).exited;
  expect(await watch(done)).toMatchObject({ code: 0, closing: { type: "run.finished", result: { sum: 3 } } });
  expect(await watch(parked)).toMatchObject({
    code: 75,
    closing: { type: "run.parked", error: { code: "transient" } },
  });
  expect(await watch(failed)).toMatchObject({ code: 1, closing: { type: "run.failed", error: { message: "no way" } } });
  const { stderr, code } = await tb(scratch.home, ["runs", "watch", parked]);
  expect([code, stderr]).toEqual([75, expect.stringContaining(`tb resume ${parked}`)]);
});

test("a run whose process dies without a word is partial, and its stream still ends in one closing event", async () => {
  const runId = newId("run");
  const { child } = await work(runId, "hang");
  const watching = startTb(scratch.home, ["runs", "watch", runId, "--events"]);
  await until(() => watching.stdout().includes('"phase":"second"'));
  child.kill("SIGKILL");
  const { code, stdout } = await watching.done;
  expect(code).toBe(10);
  const types = stdout
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as RunEvent).type);
  expect(types.filter((type) => /^run\.(finished|parked|failed)$/.test(type))).toEqual(["run.parked"]);
});

test("Ctrl-C only stops watching", async () => {
  const runId = newId("run");
  const { child, exited } = await work(runId, "hang");
  const watching = startTb(scratch.home, ["runs", "watch", runId.slice(4, 10)]);
  let said = "";
  watching.child.stderr!.on("data", (chunk: string) => (said += chunk));
  await until(() => said.includes("First"));
  watching.child.kill("SIGINT");
  const { code, stderr } = await watching.done;
  expect([code, stderr]).toEqual([130, expect.stringContaining(`Stopped watching; run ${runId} goes on.`)]);
  expect(child.exitCode).toBeNull();
  child.kill("SIGINT");
  await exited;
});

test("without a run that works there is nothing to watch", async () => {
  const { code, stderr } = await tb(scratch.home, ["runs", "watch"]);
  expect([code, stderr]).toEqual([5, expect.stringContaining("No run is being worked on.")]);
});

async function watch(runId: string): Promise<{ code: number | null; closing: RunEvent }> {
  const { code, stdout } = await tb(scratch.home, ["runs", "watch", runId, "--events"]);
  return { code, closing: JSON.parse(stdout.trim().split("\n").at(-1)!) as RunEvent };
}

/** Resolves once the run is there. */
async function work(runId: string, mode: string): Promise<{ child: ChildProcess; exited: Promise<unknown> }> {
  const script = new URL("../helpers/small-run-process.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, runId, join(folder, runId), mode], {
    env: { ...process.env, ...compiledBefore(), TB_HOME: scratch.home },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exited = once(child, "exit");
  await until(async () => (await control.query("select 1 from runs where run_id = $1", [runId])).length > 0);
  return { child, exited };
}
