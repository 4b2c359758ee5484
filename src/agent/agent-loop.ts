// The agent: asks the model, executes its calls, until it says that it is done. Workflow code: each turn is two durable
// steps, and all that the loop decides by comes out of stored turns, so a resumed run takes the same way.
import type { Message } from "../adapters/model/model.ts";
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import { allDone } from "../all-done.ts";
import { listAgentTurns, setToolResults, type ToolOutcome } from "../control/turns.ts";
import { TbError } from "../errors.ts";
import type { Run } from "../pipeline/types.ts";
import { allowanceOf, type AgentLimits, type Allowance } from "./allowance.ts";
import { callModel } from "./call-model.ts";
import { redact } from "../secrets/redactor.ts";
import { plainText, storable } from "./clean-text.ts";
import { fitBudget } from "./context-budget.ts";
import { createTeller, executeCalls, prepare, type Teller } from "./execute-calls.ts";
import { buildHistory, changedFiles, isSilent, type PastTurn } from "./history.ts";
import { findLoop, formatErrorsInARow } from "./loop-detection.ts";
import type { SqlResult } from "./sql/run-sql.ts";
import { finishSchema } from "./tools/finish.ts";
import { AGENT_TOOLS, agentToolSpecs } from "./tools/index.ts";

export type { AgentLimits } from "./allowance.ts";

/** What a run lends its agent; opened anew by every process that works on the run. */
export interface AgentSession {
  /** Opens (or rebuilds) the sandbox of the run; cheap when it is open. */
  sandbox(): Promise<Sandbox>;
  /** Runs SQL on the development copy, of a call by its name; null = no database. */
  query: ((sql: string, callName: string) => Promise<SqlResult>) | null;
  /** Waits for the development copy, when its first use has it made right now. Throws what went wrong. */
  settled(): Promise<void>;
  /** Drops the development copy (after a crash inside the run's first calls, which are made again). */
  discardCopy(): Promise<void>;
  /** Commits the tree to the run's private ref. */
  saveTree(): Promise<{ changed: boolean }>;
  /** Makes the tree equal to the private ref (after a crash inside a turn). */
  restoreTree(): Promise<void>;
}

export interface AgentOutcome {
  /** "finished": it called finish, whose result `answerFinish` gives. "stopped": it gave up, or went in circles. */
  state: "finished" | "stopped";
  /** The last turn; going on starts at the next one. */
  turn: number;
  summary: string;
  /** All paths that the run's turns changed so far, sorted. */
  filesChanged: string[];
}

interface StepResult {
  end: Pick<AgentOutcome, "state" | "summary"> | null;
  changed: string[];
}

const FORMAT_ERRORS = 3;
/** Longer timers fire at once. */
const MAX_TIMER = 2 ** 31 - 1;

/** Lets the model work from turn `fromTurn` (1 is the first) until it finishes or stops. Throws TbError "limit_reached"
 * (the run parks, its work is kept) and whatever parks the model, the sandbox or the database. */
export async function runAgent(
  run: Run,
  session: AgentSession,
  opening: { system: string; messages: Message[] },
  limits: AgentLimits,
  fromTurn: number,
): Promise<AgentOutcome> {
  const allowance = allowanceOf(run, limits);
  for (let turn = fromTurn; ; turn++) {
    let askedHere = false;
    const asked = await run.step(`turn-${turn}`, async () => {
      askedHere = true;
      return ask(run, opening, allowance, turn);
    });
    if (asked.end) return { ...asked.end, turn, filesChanged: asked.changed };
    if (!asked.acts) continue;
    const acted = await run.step(`tools-${turn}`, async () => {
      // The process that asked is gone, and may have died in the midst of these very calls.
      if (!askedHere) await session.restoreTree();
      return act(run, session, allowance, turn, !askedHere);
    });
    if (acted.end) return { ...acted.end, turn, filesChanged: acted.changed };
  }
}

/** Gives the turn that ended the loop its answer: what verification said. It becomes the result of the pending `finish`
 * call, or, when the model stopped without one, words of the user; then `runAgent(…, turn + 1)` goes on. Call it inside a
 * `run.step`; repeating it is harmless. */
export async function answerFinish(run: Run, turn: number, text: string, failed: boolean): Promise<void> {
  const turns = await listAgentTurns(run.control, run.id);
  const row = turns.find(({ number }) => number === turn);
  if (!row) throw new TbError("failure", `Run ${run.id} has no turn ${turn}.`);
  // An answer that was given before is replaced: the step around this may have died after it was stored.
  const last = row.response.toolCalls.at(-1);
  const callId = last?.name === "finish" ? last.id : null;
  const others = (row.tool_results ?? []).filter((result) => result.callId !== callId);
  const answer: ToolOutcome = { callId, name: "finish", text: storable(redact(text)), failed, changed: [] };
  await setToolResults(run.control, run.id, row.turn, [...others, answer]);
}

/** One question to the model, and whether its answer ends the loop. */
async function ask(
  run: Run,
  opening: { system: string; messages: Message[] },
  allowance: Allowance,
  number: number,
): Promise<StepResult & { acts: boolean }> {
  const turns = await listAgentTurns(run.control, run.id);
  const before = turns.filter((turn) => turn.number < number);
  const paid = turns.some((turn) => turn.number === number);
  if (!paid) allowance.checkTurn();
  const messages = fitBudget(buildHistory(opening.messages, before));
  const call = { purpose: "agent", system: opening.system, messages, tools: agentToolSpecs() } as const;
  const answer = await inTime(run, allowance, (signal) => callModel(run, `agent-${number}`, call, signal));
  if (!paid && allowance.spend(answer.usage).priceUnknown) {
    await run.emit({
      type: "warning",
      text: "The model's price is unknown, so no money limit can be held; turns and time still are.",
    });
  }
  const text = plainText(answer.text).trim();
  if (text) await run.emit({ type: "agent.message", text });
  const acts = answer.toolCalls.length > 0;
  const previous = before.at(-1);
  // What it said of its own accord tells more than what it said when it was nudged.
  const said = previous && isSilent(previous) ? previous.response.text.trim() || text : null;
  const gaveUp = !acts && said !== null;
  const end = gaveUp
    ? { state: "stopped" as const, summary: said || "The model answered twice without doing anything." }
    : null;
  return { acts, end, changed: changedFiles(before) };
}

/** Executes the calls of a turn, keeps their results, and sees whether to go on. */
async function act(
  run: Run,
  session: AgentSession,
  allowance: Allowance,
  number: number,
  again: boolean,
): Promise<StepResult> {
  const turns = await listAgentTurns(run.control, run.id);
  const index = turns.findIndex((turn) => turn.number === number);
  const turn = turns[index];
  if (!turn) throw new TbError("failure", `Run ${run.id} has no turn ${number}.`);
  if (!turn.tool_results) {
    allowance.checkTime();
    const first = turns.slice(0, index).every((before) => before.tool_results === null);
    if (again && first) await session.discardCopy();
    const teller = createTeller(run);
    const results = resultsOf(run, teller, session, allowance, turn);
    const settled = () => session.settled();
    await allDone([results, results.then(settled, settled)]); // what failed for want of the copy is no result
    turn.tool_results = await results;
    // The tree first: should the process die in between, the calls are made again on a tree that has them already.
    if (turn.response.toolCalls.some(({ name }) => name === "run_command") || changedFiles([turn]).length > 0) {
      await session.saveTree();
    }
    await teller.told();
    await setToolResults(run.control, run.id, turn.turn, turn.tool_results);
  }
  const past = turns.slice(0, index + 1);
  const changed = changedFiles(past);
  await run.emit({
    type: "progress",
    text: `turn ${number} · ${changed.length} ${changed.length === 1 ? "file" : "files"}`,
  });
  return { end: endOf(past), changed };
}

async function resultsOf(
  run: Run,
  teller: Teller,
  session: AgentSession,
  allowance: Allowance,
  turn: PastTurn,
): Promise<ToolOutcome[]> {
  const { toolCalls, finish } = turn.response;
  if (finish === "length") {
    const text =
      "Not executed: your answer was cut off at the output limit. Call again, with fewer or smaller calls in one answer.";
    return toolCalls.map(({ id, name }) => ({ callId: id, name, text, failed: true, changed: [], malformed: true }));
  }
  const last = toolCalls.at(-1)!;
  const finishing = last.name === "finish" && "tool" in prepare(AGENT_TOOLS, last);
  const calls = finishing ? toolCalls.slice(0, -1) : toolCalls;
  const results = await inTime(run, allowance, (signal) =>
    executeCalls(
      teller,
      AGENT_TOOLS,
      calls,
      { sandbox: () => session.sandbox(), query: session.query, signal, timeLeft: () => allowance.timeLeft() },
      turn.number,
    ),
  );
  const failures = results.filter(({ failed }) => failed).length;
  if (!finishing || failures === 0) return results;
  const text = `Not finished: ${failures} of the calls before it failed. Look at their results, then call finish again.`;
  return [...results, { callId: last.id, name: last.name, text, failed: true, changed: [] }];
}

/** Whether the loop ends after these turns, all of which have their results. */
function endOf(turns: readonly PastTurn[]): StepResult["end"] {
  const { response, tool_results } = turns.at(-1)!;
  const last = response.toolCalls.at(-1)!;
  if (!tool_results?.some(({ callId }) => callId === last.id)) {
    return { state: "finished", summary: finishSchema.parse(last.arguments).summary };
  }
  if (formatErrorsInARow(turns) >= FORMAT_ERRORS) {
    return { state: "stopped", summary: `The model sent ${FORMAT_ERRORS} answers in a row that cannot be executed.` };
  }
  const loop = findLoop(turns);
  return loop ? { state: "stopped", summary: `The model goes in circles: ${loop}` } : null;
}

/** Runs `work` under the run's signal and the time limit; a limit that ends it is said as such. */
async function inTime<T>(run: Run, allowance: Allowance, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(Math.min(Math.max(0, Math.ceil(allowance.timeLeft())), MAX_TIMER));
  try {
    return await work(AbortSignal.any([run.signal, deadline]));
  } catch (error) {
    if (deadline.aborted && !run.signal.aborted) throw allowance.timeUp();
    throw error;
  }
}
