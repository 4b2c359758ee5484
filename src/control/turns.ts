// Model turns: every answer that was paid for, kept so that a resumed run never pays for it again.
import { createHash } from "node:crypto";
import type { ModelAnswer, ModelCall } from "../adapters/model/model.ts";
import type { Control } from "./control.ts";

/** What a call of a turn came to. `callId` null: words to the model that answer no call. */
export interface ToolOutcome {
  callId: string | null;
  name: string;
  text: string;
  failed: boolean;
  /** Paths that the call changed. */
  changed: string[];
  /** The call itself could not be understood: no such tool, wrong arguments, cut off. */
  malformed?: true;
}

export interface TurnRow {
  run_id: string;
  /** "detect-database", "design", "agent-3": unique within its run. */
  turn: string;
  purpose: ModelCall["purpose"];
  model: string;
  request_hash: string;
  response: ModelAnswer;
  /** null until its calls were made. */
  tool_results: ToolOutcome[] | null;
  /** Unix seconds. */
  created_at: number;
}

export type NewTurn = Omit<TurnRow, "tool_results" | "created_at">;

export interface RunCost {
  /** US dollars; null when the price of any call is unknown. */
  usd: number | null;
  input_tokens: number;
  output_tokens: number;
}

const COLUMNS = "run_id, turn, purpose, model, request_hash, response, tool_results, created_at";

export async function findTurn(control: Control, runId: string, turn: string): Promise<TurnRow | undefined> {
  const rows = await control.query<TurnRow>(`select ${COLUMNS} from llm_turns where run_id = $1 and turn = $2`, [
    runId,
    turn,
  ]);
  return rows[0];
}

/** Stores the answer and its cost. False when the turn is there already: the first answer stays. */
export async function insertTurn(control: Control, turn: NewTurn): Promise<boolean> {
  const { input, cached, output, usd } = turn.response.usage;
  const rows = await control.query(
    `with fresh as (
       insert into llm_turns (run_id, turn, purpose, model, request_hash, response, input_tokens, cached_tokens, output_tokens, usd, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, extract(epoch from now())::bigint)
       on conflict do nothing returning *),
     cost as (
       insert into message_costs (cost_id, run_id, project_id, request_id, turn, purpose, model, input_tokens, cached_tokens,
         output_tokens, usd, created_at)
       select $11, run_id, runs.project_id, runs.request_id, turn, purpose, model, input_tokens, cached_tokens, output_tokens, usd,
         fresh.created_at
       from fresh join runs using (run_id)
       on conflict do nothing)
     select turn from fresh`,
    [
      turn.run_id,
      turn.turn,
      turn.purpose,
      turn.model,
      turn.request_hash,
      JSON.stringify(turn.response),
      input,
      cached,
      output,
      usd,
      `cost_${createHash("sha256").update(`${turn.run_id} ${turn.turn}`).digest("hex").slice(0, 20)}`,
    ],
  );
  return rows.length > 0;
}

export async function setToolResults(
  control: Control,
  runId: string,
  turn: string,
  results: ToolOutcome[],
): Promise<void> {
  // An array must go as JSON text: the driver would write a Postgres array.
  await control.query("update llm_turns set tool_results = $3 where run_id = $1 and turn = $2", [
    runId,
    turn,
    JSON.stringify(results),
  ]);
}

/** The agent's turns of a run in order. */
export async function listAgentTurns(control: Control, runId: string): Promise<(TurnRow & { number: number })[]> {
  return control.query(
    `select ${COLUMNS}, substring(turn from 7)::int as number from llm_turns
     where run_id = $1 and turn ~ '^agent-[0-9]{1,6}$' order by number`,
    [runId],
  );
}

/** Names of the models that have written code for a project. */
export async function modelsOfProject(control: Control, projectId: string): Promise<string[]> {
  const rows = await control.query<{ model: string }>(
    "select distinct model from message_costs where project_id = $1 and purpose = 'agent' order by model",
    [projectId],
  );
  return rows.map(({ model }) => model);
}

/** What all model calls of a run cost together. */
export async function sumCost(control: Control, runId: string): Promise<RunCost> {
  const [row] = await control.query<RunCost>(
    `select case when bool_or(usd is null) then null else coalesce(sum(usd), 0)::float8 end as usd,
       coalesce(sum(input_tokens), 0)::float8 as input_tokens, coalesce(sum(output_tokens), 0)::float8 as output_tokens
     from message_costs where run_id = $1`,
    [runId],
  );
  return row!;
}
