// Port: something that answers a conversation, with tools. The offline model is one implementation, driven like any other.

export interface ToolSpec {
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: Record<string, unknown>;
}

export interface ToolCall {
  id: string;
  name: string;
  arguments: unknown;
}

export type Message =
  | { role: "user"; text: string }
  | { role: "assistant"; text: string; toolCalls: ToolCall[] }
  | { role: "tool"; callId: string; name: string; text: string; failed: boolean };

export interface ModelCall {
  purpose: "detect-database" | "design" | "agent";
  system: string;
  messages: Message[];
  tools: ToolSpec[];
  /** Of a design: parts that are not understood may be left out, and are listed in the plan. */
  partial?: boolean;
  /** JSON Schema that the answer's `data` must satisfy, when data is asked for. */
  answerSchema?: Record<string, unknown>;
}

export interface ModelUsage {
  input: number;
  cached: number;
  output: number;
  /** US dollars; null when the price is unknown. */
  usd: number | null;
}

export interface ModelAnswer {
  text: string;
  toolCalls: ToolCall[];
  data: unknown;
  finish: "stop" | "tool_calls" | "length";
  usage: ModelUsage;
}

/** Names that only trusted models have: what others wrote is known by theirs. */
export const TRUSTED_MODELS: readonly string[] = ["offline"];

export interface Model {
  readonly name: string; // "offline"
  readonly provider: string;
  /** Whether it can only write what tb's own authors have written before; only then may its code run where nothing isolates
   * it (pipeline/require-isolation.ts). */
  readonly trusted: boolean;
  /** Throws TbError "transient" when trying again may help. */
  complete(call: ModelCall, signal: AbortSignal): Promise<ModelAnswer>;
}
