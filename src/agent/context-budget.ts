// Keeps a conversation inside a model's window: old tool outputs go first, the newest stay.
//
// What was dropped stays dropped, and much is dropped at once, so that the beginning of the conversation is the same in as
// many calls as possible: providers charge a fraction for a beginning they have seen.
import type { Message } from "../adapters/model/model.ts";

export const DROPPED = "[output dropped]";

export interface ContextBudget {
  /** Estimated tokens from which on outputs are dropped, and down to which. */
  limit: number;
  target: number;
  /** Estimated tokens of the newest tool outputs that are never dropped. */
  protect: number;
}

/** Fits windows of 128,000 tokens with room for the system prompt, the tools and an answer. */
const CONTEXT_BUDGET: ContextBudget = { limit: 100_000, target: 70_000, protect: 40_000 };

/** The messages with as many old tool outputs dropped as the budget asks for. */
export function fitBudget(messages: readonly Message[], budget: ContextBudget = CONTEXT_BUDGET): Message[] {
  const sizes = messages.map(estimateTokens);
  const fitted = [...messages];
  let total = 0;
  let next = 0; // everything before it was looked at
  for (let end = 0; end <= messages.length; end++) {
    // A call of the model was made before each answer, and one is to be made now.
    const atCall = end === messages.length || messages[end]!.role === "assistant";
    if (atCall && total > budget.limit) {
      const stop = protectedFrom(messages, sizes, end, budget.protect);
      for (; next < stop && total > budget.target; next++) {
        const message = fitted[next]!;
        if (message.role !== "tool" || message.text.length <= DROPPED.length) continue;
        fitted[next] = { ...message, text: DROPPED };
        total -= sizes[next]!;
        sizes[next] = estimateTokens(fitted[next]!);
        total += sizes[next]!;
      }
    }
    if (end < messages.length) total += sizes[end]!;
  }
  return fitted;
}

/** Index from which on tool outputs are among the newest. */
function protectedFrom(messages: readonly Message[], sizes: readonly number[], end: number, protect: number): number {
  let held = 0;
  for (let i = end - 1; i >= 0; i--) {
    if (messages[i]!.role !== "tool") continue;
    held += sizes[i]!;
    if (held > protect) return i + 1;
  }
  return 0;
}

/** Four characters a token: close enough for English and code, and the limits leave room. */
export function estimateTokens(message: Message): number {
  const calls = message.role === "assistant" ? JSON.stringify(message.toolCalls).length : 0;
  return Math.ceil((message.text.length + calls) / 4) + 4;
}
