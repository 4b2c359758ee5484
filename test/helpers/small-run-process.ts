// A process of its own that works on a run of a small pipeline, as a command does, and prints what it came to as JSON.
// Arguments: run id, log file, what the second phase does: ok | park | fail | die | hang;
// unknown: the pipeline is one of a newer tb.
import { appendFileSync } from "node:fs";
import { selectAdapters } from "../../src/adapters/index.ts";
import { readConfig } from "../../src/config.ts";
import { openControl } from "../../src/control/database.ts";
import { withResource } from "../../src/control/ledger.ts";
import { findRun } from "../../src/control/runs.ts";
import { TbError, toErrorJson } from "../../src/errors.ts";
import { definePipeline } from "../../src/pipeline/define-pipeline.ts";
import type { EngineDeps } from "../../src/pipeline/engine.ts";
import { resumeRun, startRun } from "../../src/pipeline/start-run.ts";
import type { RunEvent } from "../../src/pipeline/types.ts";

const [runId = "", logFile = "", mode = ""] = process.argv.slice(2);
const projectId = `prj_${runId.slice(4)}`;

const pipeline = definePipeline<{ start: number }>("create")
  .phase({
    name: "first",
    title: "First",
    run: async ({ start }, run) => {
      const made = await run.step("make", async () => {
        appendFileSync(logFile, "made\n");
        await run.emit({ type: "progress", text: "making" });
        const resource = {
          run_id: run.id,
          project_id: projectId,
          kind: "snapshot",
          name: projectId,
          provider: "directory",
        } as const;
        return withResource(run.control, resource, async () => start + 1);
      });
      await run.emit({ type: "activity", action: "project_created", details: "made it" });
      return { made };
    },
  })
  .phase({
    name: "second",
    title: "Second",
    run: async ({ made }, run) => ({
      result: await run.step("act", async () => {
        appendFileSync(logFile, `act ${mode}\n`);
        if (mode === "park") throw new TbError("transient", "come back later");
        if (mode === "fail") throw new TbError("failure", "no way");
        if (mode === "die") process.kill(process.pid, "SIGKILL");
        if (mode === "hang")
          await new Promise((_, reject) =>
            run.signal.addEventListener("abort", () => reject(run.signal.reason as Error)),
          );
        return { sum: made + 1 };
      }),
    }),
  });

const config = readConfig();
const control = await openControl(config);
const adapters = selectAdapters(config);
const stop = new AbortController();
process.on("SIGINT", () => stop.abort(new TbError("interrupted", "stopped by hand")));
const events: { type: string; repeat: boolean }[] = [];
const deps: EngineDeps = {
  control,
  adapters,
  signal: stop.signal,
  sinks: [(event: RunEvent, repeat: boolean) => void events.push({ type: event.type, repeat })],
  findPipeline: async (name) => {
    if (mode === "unknown") throw new TbError("configuration", `no pipeline "${name}"`);
    return pipeline;
  },
};
const keepAlive = setInterval(() => {}, 1000); // as the connection of a provider would
let outcome: object;
try {
  outcome = { result: await work() };
} catch (error) {
  outcome = { error: toErrorJson(error) };
}
clearInterval(keepAlive);
process.stdout.write(`${JSON.stringify({ ...outcome, events })}\n`);
await adapters.close();
await control.close();

async function work(): Promise<object> {
  const [known] = await control.query("select 1 from runs where run_id = $1", [runId]);
  if (known) return resumeRun(deps, await findRun(control, runId));
  return startRun(deps, {
    runId,
    pipeline: "create",
    ownerId: "someone",
    projectId,
    request: { id: `req_${runId}`, text: "a small thing" },
    modificationId: `mod_${runId}`,
    start: { start: 1 },
  });
}
