// One paid call of the model: looked up before it is made, kept before it is used.
import { createHash } from "node:crypto";
import type { ModelAnswer, ModelCall } from "../adapters/model/model.ts";
import { findTurn, insertTurn } from "../control/turns.ts";
import { TbError } from "../errors.ts";
import type { Run } from "../pipeline/types.ts";
import { redactJson } from "../secrets/redactor.ts";
import { mapStrings, storable } from "./clean-text.ts";

/** The model's answer for this turn of the run. Call it inside a `run.step`: a turn that was answered before (by a process
 * that died before its step was remembered) is not asked again. Throws what the model throws, and TbError "failure" when
 * an answer that had to be data was cut off or missing. */
export async function callModel(run: Run, turn: string, call: ModelCall, signal = run.signal): Promise<ModelAnswer> {
  const known = (await findTurn(run.control, run.id, turn)) ?? (await ask(run, turn, call, signal));
  const answer = known.response;
  await run.emit({ type: "model.usage", model: known.model, ...answer.usage });
  if (call.answerSchema) checkData(answer);
  return answer;
}

async function ask(run: Run, turn: string, call: ModelCall, signal: AbortSignal) {
  const model = await run.adapters.model();
  const clean = redactJson(call); // no secret that this process knows gets to a model
  const answer = await model.complete(clean, signal);
  const row = {
    run_id: run.id,
    turn,
    purpose: call.purpose,
    model: model.name,
    request_hash: createHash("sha256").update(JSON.stringify(clean)).digest("hex"),
    response: withDistinctIds(mapStrings(answer, storable), turn),
  };
  // Whoever stored its answer first is right: another process may have taken the run over meanwhile.
  if (await insertTurn(run.control, row)) return row;
  return (await findTurn(run.control, run.id, turn))!;
}

/** Results are matched to calls by id, so that missing and repeated ids are replaced. */
function withDistinctIds(answer: ModelAnswer, turn: string): ModelAnswer {
  const seen = new Set<string>();
  const toolCalls = answer.toolCalls.map((call, index) => {
    const id = call.id && !seen.has(call.id) ? call.id : `${turn}-${index + 1}`;
    seen.add(id);
    return { ...call, id };
  });
  return { ...answer, toolCalls };
}

function checkData(answer: ModelAnswer): void {
  if (answer.finish === "length") {
    throw new TbError("failure", "The model's answer was cut off at its output limit.", {
      suggestion: "Ask for less at once, or use a model with a larger output limit.",
    });
  }
  if (answer.data === undefined || answer.data === null) {
    throw new TbError("failure", "The model answered with text where data was asked for.", {
      suggestion: "Run the command again, or use another model.",
    });
  }
}
