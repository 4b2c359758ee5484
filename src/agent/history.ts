// The conversation as the stored turns tell it: nothing of it is kept anywhere else.
import type { Message, ModelAnswer } from "../adapters/model/model.ts";
import type { ToolOutcome } from "../control/turns.ts";

/** A turn as the loop needs it. */
export interface PastTurn {
  number: number;
  response: ModelAnswer;
  tool_results: ToolOutcome[] | null;
}

const NUDGE =
  "Your answer held no tool call, so nothing was done. Go on with the tools; when the work is complete, call finish. If it " +
  "cannot be completed, say why in one sentence.";
const CUT_OFF =
  "Your answer was cut off at the output limit before its first tool call. Answer in smaller pieces: a few files at a time, " +
  "large files by write_file with a part and edit_file for the rest.";

/** Messages in order: what opened the conversation, then every turn with a result for each of its calls. */
export function buildHistory(opening: readonly Message[], turns: readonly PastTurn[]): Message[] {
  return [...opening, ...turns.flatMap(messagesOf)];
}

function messagesOf({ response, tool_results }: PastTurn): Message[] {
  const { text, toolCalls, finish } = response;
  const remarks = (tool_results ?? []).filter(({ callId }) => callId === null);
  const results = toolCalls.map((call): Message => {
    const known = tool_results?.find(({ callId }) => callId === call.id);
    return {
      role: "tool",
      callId: call.id,
      name: call.name,
      text: known?.text ?? "This call has no result.",
      failed: known?.failed ?? true,
    };
  });
  const words = remarks.map((remark): Message => ({ role: "user", text: remark.text }));
  const silent = toolCalls.length === 0 && words.length === 0;
  if (silent) words.push({ role: "user", text: finish === "length" ? CUT_OFF : NUDGE });
  return [{ role: "assistant", text, toolCalls }, ...results, ...words];
}

/** Whether the turn did nothing and was only nudged. */
export function isSilent(turn: PastTurn): boolean {
  return turn.response.toolCalls.length === 0 && !turn.tool_results?.length;
}

/** Paths changed by these turns, sorted. */
export function changedFiles(turns: readonly PastTurn[]): string[] {
  const paths = turns.flatMap((turn) => (turn.tool_results ?? []).flatMap(({ changed }) => changed));
  return [...new Set(paths)].toSorted();
}
