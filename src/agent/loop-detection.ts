// Notices a model that goes in circles: the same calls with the same results.
import type { PastTurn } from "./history.ts";

/** What the turns show: null, or why going on is pointless. Only calls together with their results count: reading a file
 * again after an edit, or running the tests again, is work. */
export function findLoop(turns: readonly PastTurn[]): string | null {
  const acting = turns.filter(({ response }) => response.toolCalls.length > 0);
  const [last, ...before] = acting.slice(-4).map(signature).toReversed();
  if (last === undefined) return null;
  if (before.length === 3 && before.every((one) => one === last))
    return `4 turns in a row were the same: ${calls(acting)}.`;
  if (before.length >= 2 && before.slice(0, 2).every((one) => one === last) && hasFailed(acting.at(-1)!)) {
    return `3 turns in a row failed in the same way: ${calls(acting)}.`;
  }
  if (before.length === 3 && before[1] === last && before[0] === before[2]) {
    return `the last turns only repeat each other: ${calls(acting)}.`;
  }
  return null;
}

/** How many turns up to the last one held nothing that could be executed. */
export function formatErrorsInARow(turns: readonly PastTurn[]): number {
  let count = 0;
  for (const turn of turns.toReversed()) {
    const { toolCalls, finish } = turn.response;
    const results = turn.tool_results ?? [];
    const unusable =
      finish === "length" ||
      (toolCalls.length > 0 && toolCalls.every(({ id }) => results.some((one) => one.callId === id && one.malformed)));
    if (!unusable) return count;
    count++;
  }
  return count;
}

function signature({ response, tool_results }: PastTurn): string {
  return JSON.stringify(
    response.toolCalls.map((call) => {
      const result = tool_results?.find(({ callId }) => callId === call.id);
      return [call.name, call.arguments, result?.text, result?.failed];
    }),
  );
}

function hasFailed({ tool_results }: PastTurn): boolean {
  const results = (tool_results ?? []).filter(({ callId }) => callId !== null);
  return results.length > 0 && results.every(({ failed }) => failed);
}

function calls(turns: readonly PastTurn[]): string {
  return [...new Set(turns.at(-1)!.response.toolCalls.map(({ name }) => name))].join(", ");
}
