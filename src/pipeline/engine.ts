// The durable engine: the only file that knows it is DBOS. A run is a workflow, `run.step` a checkpoint.
//
// Parking and dying are one case: a step that meets a parking error (or an abort) is never checkpointed, the workflow
// simply does not go on in this process and stays pending. Resuming puts it on a queue that only the resuming process
// listens to (any process would take it from the engine's own); finished steps are replayed from their checkpoints, the one
// in flight is done again. The run's lease keeps a second process out.
import { randomUUID } from "node:crypto";
import { DBOS, DBOSClient, type DBOSConfig } from "@dbos-inc/dbos-sdk";
import type { Adapters } from "../adapters/index.ts";
import type { Control } from "../control/control.ts";
import type { RunRow } from "../control/runs.ts";
import { toErrorJson, type ErrorJson } from "../errors.ts";
import { keepLease } from "./keep-lease.ts";
import { closeRun, type RunOutcome } from "./run-end.ts";
import { asTbError, reviveError } from "./run-errors.ts";
import { createVoice } from "./run-events.ts";
import { createHost, type HostOf } from "./run-host.ts";
import { runPipeline } from "./run-pipeline.ts";
import type { Pipeline, RunSink } from "./types.ts";
import { watchProject } from "./watch-project.ts";

export interface EngineDeps {
  control: Control;
  adapters: Adapters;
  sinks: readonly RunSink[];
  /** Aborted by the user; the run parks. */
  signal: AbortSignal;
  /** A pipeline by the name in the run's row. */
  findPipeline: (name: string) => Promise<Pipeline<object, unknown>>;
  /** The user accepts that code of a model runs with their own rights where nothing isolates it. */
  unsafeNoSandbox?: boolean;
}

/** Engine's tables live beside, not in, the control schema; runs of every control schema have their own ids. */
const ENGINE_SCHEMA = "tb_engine";
/** The pinned version of the engine's package. */
const ENGINE_VERSION = "5.3.0";
/** Any number that nothing else locks on in this database. */
const ENGINE_LOCK = 7_271_530;

/** The pool is used instead; the engine refuses socket addresses in a URL. */
const UNUSED_URL = "postgresql://unused@unused/unused";

interface Attempt extends HostOf {
  pipeline: Pipeline<object, unknown>;
}

const attempts = new Map<string, Attempt>();

// Registered at import, under a name that stays: a later tb resumes what an earlier one started.
const workflow = DBOS.registerWorkflow(runWorkflow, { name: "run", maxRecoveryAttempts: 1000 });

/** Runs or continues a run whose lease (`token`) the caller holds, until it has succeeded, failed (undone) or parked. */
export async function executeRun(row: RunRow, token: number, deps: EngineDeps): Promise<RunOutcome> {
  const pipeline = await deps.findPipeline(row.pipeline); // outside the workflow: one that throws can never be resumed
  const stop = new AbortController();
  const onAbort = () => stop.abort(deps.signal.reason);
  if (deps.signal.aborted) onAbort();
  else deps.signal.addEventListener("abort", onAbort, { once: true });

  const watch = await watchProject(deps.adapters, row.project_id, (text) => {
    attempts
      .get(row.run_id)
      ?.voice.warn(text)
      .catch(() => {}); // whose session it was hears of it anyway
  });
  const letGo = keepLease(deps.control, row.run_id, token, (reason) => {
    stop.abort(reason);
    attempts.get(row.run_id)?.park(reason); // the step in flight may wait for the engine, which hears no signal
  });
  try {
    const outcome = await new Promise<RunOutcome>((resolve, reject) => {
      attempts.set(row.run_id, {
        ...deps,
        signal: stop.signal,
        row,
        pipeline,
        voice: createVoice({ ...deps, row, token }),
        park: (cause) => resolve({ state: "parked", error: asTbError(cause) }),
      });
      const fresh = token === 1; // the first process that works on it
      startOrResume(row.run_id, deps.control, fresh).then(resolve, (error: unknown) => {
        // The engine itself could not go on. Its workflow is as it was, so this is no more than another way of parking.
        const failure = asTbError(error);
        if (failure.parks) resolve({ state: "parked", error: failure });
        else reject(failure);
      });
    });
    return await settle(row, token, deps, outcome);
  } finally {
    letGo();
    await watch.stop();
    attempts.delete(row.run_id);
    deps.signal.removeEventListener("abort", onAbort);
    await DBOS.shutdown({ workflowCompletionTimeoutMS: 0 }); // 0: a parked workflow never ends in this process
  }
}

async function startOrResume(runId: string, control: Control, fresh: boolean): Promise<RunOutcome> {
  await migrateEngine(control);
  const queueName = fresh ? null : await enqueuePending(control, runId);
  await launch(control, { listenQueues: queueName ? [queueName] : [] });
  if (!queueName) {
    const handle = await DBOS.startWorkflow(workflow, { workflowID: runId })(runId);
    return reviveOutcome(await handle.getResult());
  }
  const stored = await DBOS.retrieveWorkflow<StoredOutcome>(runId).getResult({ pollingIntervalMs: 20 });
  await DBOS.deleteQueue(queueName);
  return reviveOutcome(stored);
}

/** Makes the engine's tables ready, as the first run would; false when they are. */
export async function prepareEngine(control: Control): Promise<boolean> {
  const ready = await isMigrated(control);
  if (!ready) await migrateEngine(control);
  return !ready;
}

/** Creates or updates the engine's tables unless the schema's comment says that this version has done so. */
async function migrateEngine(control: Control): Promise<void> {
  if (await isMigrated(control)) return;
  const client = await control.pool.connect();
  try {
    // Asked for again and again rather than waited for: the engine builds indexes concurrently, which waits for every
    // statement that is under way, a waiting lock statement included.
    for (;;) {
      const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(${ENGINE_LOCK}) as locked`);
      if (rows[0]?.locked) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (await isMigrated(control)) return;
    await launch(control, { runMigrations: true });
    await DBOS.shutdown({ workflowCompletionTimeoutMS: 0 });
    await control.query(`comment on schema ${ENGINE_SCHEMA} is '${ENGINE_VERSION}'`);
  } finally {
    client.release(true); // ends the session and with it the lock
  }
}

async function isMigrated(control: Control): Promise<boolean> {
  const [row] = await control.query<{ version: string | null }>(
    "select obj_description(to_regnamespace($1)::oid, 'pg_namespace') as version",
    [ENGINE_SCHEMA],
  );
  return row?.version === ENGINE_VERSION;
}

/** Puts a run that was begun before on a queue of this process, and returns the queue's name; null when it is new.
 * Before the launch, so that the queue is polled from the first moment on. */
async function enqueuePending(control: Control, runId: string): Promise<string | null> {
  const client = await DBOSClient.create({
    systemDatabaseUrl: UNUSED_URL,
    systemDatabasePool: control.pool,
    systemDatabaseSchemaName: ENGINE_SCHEMA,
    applicationName: "tb",
    logger: silent,
  });
  try {
    if (!(await client.getWorkflow(runId))) return null;
    const queueName = `${queueNames(runId)}${randomUUID()}`; // one that no earlier attempt listens to
    await client.registerQueue(queueName, { minPollingIntervalMs: 20 });
    await client.resumeWorkflow(runId, { queueName });
    return queueName;
  } finally {
    await client.destroy();
  }
}

async function launch(control: Control, options: Pick<DBOSConfig, "listenQueues" | "runMigrations">): Promise<void> {
  DBOS.setConfig({
    name: "tb",
    systemDatabaseUrl: UNUSED_URL,
    systemDatabasePool: control.pool,
    systemDatabaseSchemaName: ENGINE_SCHEMA,
    executorID: `tb-${randomUUID()}`, // the default id would take over other processes' runs
    applicationVersion: "tb", // constant: a newer tb resumes an older one's runs
    enablePatching: true,
    useListenNotify: false,
    listenQueues: [],
    logger: silent,
    runMigrations: false,
    ...options,
  });
  await DBOS.launch();
}

type StoredOutcome = { state: "succeeded"; result: object } | { state: "failed"; error: ErrorJson };

function reviveOutcome(stored: StoredOutcome): RunOutcome {
  return stored.state === "succeeded" ? stored : { state: "failed", error: reviveError(stored.error) };
}

/** The workflow: runs the pipeline; a failure is undone here, in durable steps. It never throws. */
async function runWorkflow(runId: string): Promise<StoredOutcome> {
  const attempt = attempts.get(runId);
  if (!attempt) return new Promise(() => {}); // recovered by a process that is already leaving: stays pending
  const host = createHost(attempt, (name, work) => DBOS.runStep(work, { name }));
  const { pipeline } = attempt;
  try {
    await host.emit({
      type: "run.started",
      pipeline: pipeline.name,
      phases: pipeline.phases.map(({ name, title }) => ({ name, title })),
    });
    const state = (await runPipeline(pipeline, attempt.row.input, host)) as { result: object };
    return { state: "succeeded", result: state.result };
  } catch (error) {
    const failure = asTbError(error);
    if (failure.parks) return host.parkHere(error);
    await host.undo(error);
    return { state: "failed", error: toErrorJson(error) };
  }
}

async function settle(row: RunRow, token: number, deps: EngineDeps, outcome: RunOutcome): Promise<RunOutcome> {
  const ended = await closeRun(createVoice({ ...deps, row, token }), outcome);
  if (ended.state !== "parked") await forgetEnded(deps.control);
  return ended;
}

/** The engine keeps for ever what has ended. So that of every ended run goes with each one that ends: of this one, and of
 * those whose process was killed before it came to that. */
async function forgetEnded(control: Control): Promise<void> {
  const ended = await control.query<{ run_id: string }>(
    `select run_id from runs where state not in ('running', 'parked') and (
       run_id in (select workflow_uuid from ${ENGINE_SCHEMA}.workflow_status)
       or run_id in (select split_part(name, ':', 2) from ${ENGINE_SCHEMA}.queues))`,
  );
  for (const { run_id } of ended) await forget(control, run_id);
}

/** Removes what the engine knows of a run that will not go on. */
export async function forgetRun(control: Control, runId: string): Promise<void> {
  await migrateEngine(control); // killed before the engine was first started, it may have no tables
  await launch(control, {});
  try {
    await forget(control, runId);
  } finally {
    await DBOS.shutdown({ workflowCompletionTimeoutMS: 0 });
  }
}

/** Its checkpoints, and the queues that it was resumed on. */
async function forget(control: Control, runId: string): Promise<void> {
  await DBOS.deleteWorkflow(runId);
  const queues = await control.query<{ name: string }>(
    `select name from ${ENGINE_SCHEMA}.queues where starts_with(name, $1)`,
    [queueNames(runId)],
  );
  for (const { name } of queues) await DBOS.deleteQueue(name);
}

/** What the names of a run's queues begin with. */
function queueNames(runId: string): string {
  return `foreground:${runId}:`;
}

const silent = { info() {}, debug() {}, warn() {}, error() {} };
