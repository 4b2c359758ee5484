// What a tool is: typed arguments, a word to the user, and a result that a model can act on.
import { z } from "zod";
import type { ToolSpec } from "../../adapters/model/model.ts";
import type { Sandbox } from "../../adapters/sandbox/sandbox.ts";
import type { SqlResult } from "../sql/run-sql.ts";

export interface ToolContext {
  sandbox(): Promise<Sandbox>;
  /** null = the project has no database. */
  query: ((sql: string, callName: string) => Promise<SqlResult>) | null;
  /** Aborted by the user, a lost lease or the run's time limit. */
  signal: AbortSignal;
  /** Milliseconds until the time limit. */
  timeLeft(): number;
  /** Names this call in its run: "turn-3-1". */
  callName: string;
}

export interface ToolResult {
  text: string;
  failed: boolean;
  /** Paths that were created, changed or deleted. */
  changed?: string[];
  /** A few words for the user: "34 lines". */
  note?: string;
}

export interface Tool<Args = unknown> {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType<Args>;
  /** Reads run in parallel, everything else in the order of the calls. */
  readonly effect: "read" | "write";
  /** "write server/api/users/index.get.ts" */
  summarize(args: Args): string;
  /** Throws TbError for what the model can correct (it becomes a failed result) and for what parks the run. */
  run(args: Args, context: ToolContext): Promise<ToolResult>;
}

/** Checks a tool's types where it is written; a list of tools then forgets its arguments. */
export function defineTool<Args>(tool: Tool<Args>): Tool {
  return tool;
}

export function toToolSpec(tool: Pick<Tool, "name" | "description" | "schema">): ToolSpec {
  const { $schema: _, ...parameters } = z.toJSONSchema(tool.schema, { io: "input" });
  return { name: tool.name, description: tool.description, parameters };
}

export const pathArgument = z
  .string()
  .min(1)
  .max(500)
  .describe("Path relative to the project's root, with forward slashes: server/api/health.get.ts");
