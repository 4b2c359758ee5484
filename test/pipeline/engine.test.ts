// Runs as processes of their own: finished, parked, killed, failed, interrupted, and continued by another process.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selectAdapters } from "../../src/adapters/index.ts";
import { openControl, type Control } from "../../src/control/database.ts";
import { effectiveState } from "../../src/control/run-view.ts";
import { findRun } from "../../src/control/runs.ts";
import { cancelRun } from "../../src/pipeline/start-run.ts";
import { newId } from "../../src/ids.ts";
import { scratchHome } from "../helpers/postgres.ts";
import { compiledBefore, readyScratch } from "../helpers/homes.ts";

interface Said {
  result?: { sum: number };
  error?: { code: string; message: string; suggestion: string };
  events: { type: string; repeat: boolean }[];
}

let scratch: Awaited<ReturnType<typeof scratchHome>>;
let control: Control;
let folder: string;

beforeAll(async () => {
  scratch = await readyScratch();
  control = await openControl(scratch.config);
  folder = await mkdtemp(join(tmpdir(), "tb-engine-"));
});

afterAll(async () => {
  await control.close();
  await scratch.remove();
  await rm(folder, { recursive: true, force: true });
});

function start(runId: string, mode: string, home = scratch.config.home): ChildProcess {
  const script = new URL("../helpers/small-run-process.ts", import.meta.url).pathname;
  return spawn(process.execPath, [script, runId, join(folder, runId), mode], {
    env: { ...process.env, ...compiledBefore(), TB_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function attempt(runId: string, mode: string, home?: string): Promise<Said | null> {
  const child = start(runId, mode, home);
  const [said] = await Promise.all([text(child.stdout!), once(child, "exit")]); // its pipe closes before it has ended
  return said ? (JSON.parse(said) as Said) : null;
}

async function log(runId: string): Promise<string[]> {
  return (await readFile(join(folder, runId), "utf8")).trim().split("\n");
}

async function activities(runId: string): Promise<string[]> {
  const rows = await control.query<{ action_details: string }>(
    "select action_details from project_actions where run_id = $1 order by action_id",
    [runId],
  );
  return rows.map(({ action_details }) => action_details);
}

async function cancel(runId: string) {
  const adapters = selectAdapters(scratch.config);
  const deps = {
    control,
    adapters,
    sinks: [],
    signal: new AbortController().signal,
    findPipeline: () => Promise.reject(new Error("unused")),
  };
  return cancelRun(deps, await findRun(control, runId));
}

describe("a run", () => {
  test("that succeeds tells every event once and returns its result, again and again", async () => {
    const runId = newId("run");
    const said = await attempt(runId, "ok");
    expect(said?.result).toEqual({ sum: 3 });
    expect(said?.events.map(({ type }) => type)).toEqual([
      "run.started",
      "phase.started",
      "progress",
      "activity",
      "phase.finished",
      "phase.started",
      "phase.finished",
      "run.finished",
    ]);
    expect((await attempt(runId, "ok"))?.result).toEqual({ sum: 3 });
    expect(await log(runId)).toEqual(["made", "act ok"]);
    expect(await activities(runId)).toEqual(["made it"]);
  });

  test("is one of several that start at once on a machine where none has run before", async () => {
    const fresh = await scratchHome();
    try {
      const runs = Array.from({ length: 4 }, () => newId("run"));
      const said = await Promise.all(runs.map((runId) => attempt(runId, "ok", fresh.config.home)));
      expect(said.map((one) => one?.result)).toEqual(runs.map(() => ({ sum: 3 })));
    } finally {
      await fresh.remove();
    }
  });

  test("knows the engine by the version that is installed", async () => {
    const [row] = await control.query<{ version: string }>(
      "select obj_description('tb_engine'::regnamespace, 'pg_namespace') as version",
    );
    const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
    expect((JSON.parse(manifest) as { devDependencies: object }).devDependencies).toMatchObject({
      "@dbos-inc/dbos-sdk": row!.version,
    });
  });

  test.each(["park", "die"])(
    "that ends by '%s' is continued by another process from the step in flight",
    async (mode) => {
      const runId = newId("run");
      const said = await attempt(runId, mode);
      expect(said?.error?.code ?? "killed").toBe(mode === "park" ? "transient" : "killed");
      if (mode === "park") expect(said?.error?.suggestion).toContain(`tb resume ${runId}`);
      expect(effectiveState(await findRun(control, runId))).toBe("parked");

      const resumed = await attempt(runId, "ok");
      expect(resumed?.result).toEqual({ sum: 3 });
      expect(await log(runId)).toEqual(["made", `act ${mode}`, "act ok"]);
      expect(await activities(runId)).toEqual(["made it"]);
      expect(resumed?.events.filter(({ type }) => type === "run.finished")).toHaveLength(1);
      expect(resumed?.events.find(({ type }) => type === "activity")?.repeat).toBe(true);
    },
  );

  test("that fails is undone, keeps a failed activity and cannot be resumed", async () => {
    const runId = newId("run");
    expect((await attempt(runId, "fail"))?.error?.message).toBe("no way");
    const held = await control.query("select 1 from resources where run_id = $1 and state <> 'released'", [runId]);
    expect(held).toEqual([]);
    expect(await activities(runId)).toEqual(["made it", "Failed: no way"]);
    expect((await attempt(runId, "ok"))?.error?.code).toBe("conflict");
    expect(await log(runId)).toEqual(["made", "act fail"]);
  });

  test("that is interrupted parks, and a second process cannot work on it meanwhile", async () => {
    const runId = newId("run");
    const child = start(runId, "hang");
    const said = text(child.stdout!);
    await eventually(async () => (await log(runId).catch(() => [])).length === 2);
    expect(effectiveState(await findRun(control, runId))).toBe("running");
    expect((await attempt(runId, "ok"))?.error).toMatchObject({ code: "conflict" });
    child.kill("SIGINT");
    expect((JSON.parse(await said) as Said).error).toMatchObject({ code: "interrupted" });
    expect((await attempt(runId, "ok"))?.result).toEqual({ sum: 3 });
  });

  test("that is parked can be cancelled: it releases what it holds, and only once", async () => {
    const runId = newId("run");
    await attempt(runId, "park");
    const { outcome, released } = await cancel(runId);
    expect(outcome).toBe("cancelled");
    expect(released).toHaveLength(1);
    expect((await findRun(control, runId)).state).toBe("cancelled");
    expect(await activities(runId)).toEqual(["made it", "Cancelled; everything it had made was removed"]);
    expect(await cancel(runId)).toEqual({ outcome: "unchanged", released: [] });
  });

  test("whose cancelling was cut short can only be cancelled, and tells it once", async () => {
    const runId = newId("run");
    await attempt(runId, "park");
    await cancel(runId);
    // As if it had been killed just before its last statement.
    await control.query("update runs set state = 'running', finished_at = null where run_id = $1", [runId]);
    expect((await attempt(runId, "ok"))?.error).toMatchObject({ code: "conflict", suggestion: `tb cancel ${runId}` });
    expect((await cancel(runId)).outcome).toBe("cancelled");
    expect(await activities(runId)).toEqual(["made it", "Cancelled; everything it had made was removed"]);
    expect(await control.query("select status from modifications where run_id = $1", [runId])).toEqual([
      { status: "cancelled" },
    ]);
  });

  test("that this tb does not know is left as it is for one that does", async () => {
    const runId = newId("run");
    expect((await attempt(runId, "unknown"))?.error?.code).toBe("configuration");
    expect((await attempt(runId, "ok"))?.result).toEqual({ sum: 3 });
  });

  test("that has ended leaves nothing with the engine, nor does one that was killed before it had forgotten it", async () => {
    const [resumed, killed] = [newId("run"), newId("run")];
    for (const runId of [resumed, killed]) await attempt(runId, "park");
    for (const mode of ["die", "ok"]) await attempt(resumed, mode);
    await control.query("update runs set state = 'succeeded' where run_id = $1", [killed]);
    expect(await attempt(newId("run"), "ok")).toMatchObject({ result: { sum: 3 } });
    const kept = await control.query<{ name: string }>(
      `select workflow_uuid as name from tb_engine.workflow_status union all select workflow_uuid from tb_engine.operation_outputs
       union all select name from tb_engine.queues`,
    );
    const ended = [resumed, killed];
    expect(kept.filter(({ name }) => ended.some((runId) => name.includes(runId)))).toEqual([]);
  });

  test("that works in another process is parked before it is cancelled", async () => {
    const runId = newId("run");
    const child = start(runId, "hang");
    await eventually(async () => (await log(runId).catch(() => [])).length === 2);
    const [{ outcome }] = await Promise.all([cancel(runId), once(child, "exit")]);
    expect(outcome).toBe("cancelled");
    expect((await findRun(control, runId)).state).toBe("cancelled");
  });
});

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
