// What a model wrote must not run with the user's rights unless the user says so: asked before a run has left any trace.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selectAdapters } from "../../src/adapters/index.ts";
import type { Model } from "../../src/adapters/model/model.ts";
import { openControl, type Control } from "../../src/control/database.ts";
import { findRun, insertRun } from "../../src/control/runs.ts";
import { EXIT_CODES, toErrorJson } from "../../src/errors.ts";
import { newId } from "../../src/ids.ts";
import type { EngineDeps } from "../../src/pipeline/engine.ts";
import { requireIsolation } from "../../src/pipeline/require-isolation.ts";
import { resumeRun, startRun, type NewRunOf } from "../../src/pipeline/start-run.ts";
import { scratchHome, type ScratchHome } from "../helpers/postgres.ts";
import { bubblewrapWorks } from "../helpers/tiers.ts";

let scratch: ScratchHome;
let control: Control;
beforeAll(async () => {
  scratch = await scratchHome();
  control = await openControl(scratch.config);
});
afterAll(async () => {
  await control.close();
  await scratch.remove();
});

interface Circumstances {
  trusted?: boolean;
  isolated?: boolean;
  unsafe?: boolean;
}

function depsFor({ trusted = false, isolated = false, unsafe = false }: Circumstances): EngineDeps {
  const model: Model = {
    name: trusted ? "offline" : "scripted-9",
    provider: "test",
    trusted,
    complete: () => Promise.reject(new Error("not asked")),
  };
  const { passthrough } = scratch.config;
  const config = { ...scratch.config, passthrough: isolated ? passthrough : { ...passthrough, PATH: "/no-programs" } };
  return {
    control,
    adapters: { ...selectAdapters(config), model: async () => model },
    sinks: [],
    signal: new AbortController().signal,
    unsafeNoSandbox: unsafe,
    findPipeline: () => Promise.reject(new Error("it has begun")),
  };
}

function newRun(pipeline: NewRunOf["pipeline"] = "create"): NewRunOf {
  const common = { ownerId: "someone", request: null, modificationId: null, start: {} };
  return { runId: newId("run"), projectId: newId("prj"), pipeline, ...common };
}

/** Writes down that a model has written code for the project. */
async function noteModel(projectId: string, model: string): Promise<void> {
  await control.query(
    `insert into message_costs (cost_id, run_id, project_id, turn, purpose, model, input_tokens, cached_tokens, output_tokens, usd, created_at)
     values ($1, $2, $3, 'agent-1', 'agent', $4, 0, 0, 0, 0, 0)`,
    [`cost_${newId("run")}`, newId("run"), projectId, model],
  );
}

async function countRuns(): Promise<number> {
  return (await control.query("select 1 from runs")).length;
}

const isolates = await bubblewrapWorks();

describe("a model whose code nobody knows in advance", () => {
  test("is refused where nothing isolates its code, before there is any row, and the user is told both ways on", async () => {
    const before = await countRuns();
    const error: unknown = await startRun(depsFor({}), newRun()).catch((thrown: unknown) => thrown);
    const { code, message, suggestion } = toErrorJson(error);
    expect(EXIT_CODES[code]).toBe(3);
    expect(message).toContain('model "scripted-9" writes runs only isolated');
    expect(message).toContain("bubblewrap is not installed");
    expect(suggestion).toContain("apt-get install bubblewrap");
    expect(suggestion).toContain("--unsafe-no-sandbox");
    expect(await countRuns()).toBe(before);
  });

  test("may write where the user accepts it", async () => {
    await expect(startRun(depsFor({ unsafe: true }), newRun())).rejects.toThrow("it has begun");
  });

  test.runIf(isolates)("may write where its code is isolated", async () => {
    await expect(startRun(depsFor({ isolated: true }), newRun())).rejects.toThrow("it has begun");
  });

  test("does not go on after a resume on a machine that isolates nothing, and its run is left as it is", async () => {
    const { runId, projectId, ...run } = newRun();
    await insertRun(control, { ...run, runId, projectId, requestId: null, input: {}, version: "0" });
    await control.query("update runs set state = 'parked' where run_id = $1", [runId]);
    const parked = await findRun(control, runId);
    await expect(resumeRun(depsFor({}), parked)).rejects.toMatchObject({ code: "configuration" });
    expect(await findRun(control, runId)).toEqual(parked);
    await expect(resumeRun(depsFor({ unsafe: true }), parked)).rejects.toThrow("it has begun");
  });
});

test("the offline model's code runs anywhere", async () => {
  await expect(startRun(depsFor({ trusted: true }), newRun())).rejects.toThrow("it has begun");
  expect((await selectAdapters(scratch.config).model()).trusted).toBe(true);
});

describe("a project", () => {
  test.each(["deploy", "rollback", "verify"] as const)(
    "that such a model has written for is not taken to %s without isolation, unless the user accepts it",
    async (pipeline) => {
      const run = newRun(pipeline);
      await noteModel(run.projectId!, "offline");
      await noteModel(run.projectId!, "scripted-9");
      await expect(requireIsolation(depsFor({ trusted: true }), run)).rejects.toMatchObject({
        code: "configuration",
        message: expect.stringContaining('"scripted-9" has written for this project'),
      });
      await requireIsolation(depsFor({ trusted: true, unsafe: true }), run);
      if (isolates) await requireIsolation(depsFor({ trusted: true, isolated: true }), run);
    },
  );

  test("that was made offline and changed by hand is trusted as its user is", async () => {
    const run = newRun("deploy");
    await noteModel(run.projectId!, "offline");
    await requireIsolation(depsFor({ trusted: true }), run);
  });

  test("is removed whoever wrote it", async () => {
    const run = newRun("destroy");
    await noteModel(run.projectId!, "scripted-9");
    await requireIsolation(depsFor({}), run);
  });
});
