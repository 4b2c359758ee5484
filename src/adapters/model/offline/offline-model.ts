// The embedded model: deterministic, without keys or network, driven through the same port and tools as any other.
import { TbError } from "../../../errors.ts";
import type { Message, Model, ModelAnswer, ModelCall } from "../model.ts";
import { nextAgentTurn } from "./agent-turns.ts";
import { detectDatabase } from "./understand/detect-database.ts";
import { understand } from "./understand/understand.ts";

/** Stateless: every answer follows from the conversation alone, so a repeated call repeats its answer. */
export function createOfflineModel(): Model {
  return {
    name: "offline",
    provider: "embedded",
    trusted: true,
    async complete(call: ModelCall, signal: AbortSignal): Promise<ModelAnswer> {
      signal.throwIfAborted();
      if (call.purpose === "agent") return nextAgentTurn(call.messages);
      const request = lastRequest(call.messages);
      return dataAnswer(call.purpose === "design" ? understand(request, call.partial) : detectDatabase(request));
    },
  };
}

/** An answer without calls; the model costs nothing, so its usage is known to be zero. */
function dataAnswer(data: unknown): ModelAnswer {
  return {
    text: JSON.stringify(data),
    toolCalls: [],
    data,
    finish: "stop",
    usage: { input: 0, cached: 0, output: 0, usd: 0 },
  };
}

function lastRequest(messages: readonly Message[]): string {
  const request = messages.findLast((message) => message.role === "user");
  if (!request) throw new TbError("failure", "The offline model was called without a request.");
  return request.text;
}
