// Executes the calls of one answer: every call gets exactly one result, in the order of the calls.
import type { ToolCall } from "../adapters/model/model.ts";
import type { ToolOutcome } from "../control/turns.ts";
import { TbError } from "../errors.ts";
import type { Run } from "../pipeline/types.ts";
import { nearest } from "../ui/nearest.ts";
import { redact } from "../secrets/redactor.ts";
import { oneLine, storable } from "./clean-text.ts";
import type { Tool, ToolContext, ToolResult } from "./tools/tool.ts";

/** A call that is understood, or the result that says why it is not. */
type Prepared = { call: ToolCall; tool: Tool; args: unknown } | { call: ToolCall; malformed: string };

/** Tells a run's events in their order while the work goes on: storing one takes longer than writing a file. */
export interface Teller {
  /** Throws what has gone wrong with an event before: a run that another process has taken over works on nothing more. */
  tell(event: Parameters<Run["emit"]>[0]): void;
  /** Waits until all are stored. Throws what went wrong with one. */
  told(): Promise<void>;
}

export function createTeller(run: Run): Teller {
  const pending: Promise<void>[] = [];
  const failures: unknown[] = [];
  return {
    tell(event) {
      if (failures.length > 0) throw failures[0];
      pending.push(run.emit(event).catch((error: unknown) => void failures.push(error)));
    },
    async told() {
      await Promise.all(pending);
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** Reads that follow each other run at once, everything else one after the other. A tool's failure is a result; what
 * parks the run (an interruption, a lost database) is thrown. */
export async function executeCalls(
  { tell }: Pick<Teller, "tell">,
  tools: readonly Tool[],
  calls: readonly ToolCall[],
  context: Omit<ToolContext, "callName">,
  turn: number,
): Promise<ToolOutcome[]> {
  const outcomes: ToolOutcome[] = [];
  const prepared = calls.map((call) => prepare(tools, call));
  for (const group of groups(prepared)) {
    // Events are numbered as they come, so they are emitted in an order that does not depend on which read ends first.
    for (const one of group) announce(tell, one);
    const settled = await Promise.allSettled(
      group.map((one) => execute(one, { ...context, callName: `turn-${turn}-${calls.indexOf(one.call) + 1}` })),
    );
    for (const [index, result] of settled.entries()) {
      if (result.status === "rejected") throw result.reason;
      outcomes.push(conclude(tell, group[index]!, result.value));
    }
  }
  return outcomes;
}

function groups(prepared: readonly Prepared[]): Prepared[][] {
  const found: Prepared[][] = [];
  for (const one of prepared) {
    const last = found.at(-1);
    if (last && isRead(one) && last.every(isRead)) last.push(one);
    else found.push([one]);
  }
  return found;
}

function isRead(one: Prepared): boolean {
  return "tool" in one && one.tool.effect === "read";
}

/** Finds the tool and checks the arguments; all that is wrong with them is said at once. */
export function prepare(tools: readonly Tool[], call: ToolCall): Prepared {
  const tool = tools.find(({ name }) => name === call.name);
  if (!tool) {
    const names = tools.map(({ name }) => name);
    const guess = nearest(call.name, names);
    return {
      call,
      malformed: `There is no tool "${oneLine(call.name)}".${guess ? ` Did you mean ${guess}?` : ""} The tools are: ${names.join(", ")}.`,
    };
  }
  if (typeof call.arguments !== "object" || call.arguments === null || Array.isArray(call.arguments)) {
    return { call, malformed: `The arguments of ${tool.name} are not a JSON object. Send them again.` };
  }
  const parsed = tool.schema.safeParse(call.arguments);
  if (parsed.success) return { call, tool, args: parsed.data };
  const problems = parsed.error.issues.map(
    ({ path, message }) => `- ${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`,
  );
  return { call, malformed: `The arguments of ${tool.name} are not valid:\n${problems.join("\n")}` };
}

function announce(tell: Teller["tell"], one: Prepared): void {
  tell({ type: "tool.started", tool: oneLine(one.call.name, 40), summary: summaryOf(one) });
}

async function execute(one: Prepared, context: ToolContext): Promise<ToolResult> {
  if ("malformed" in one) return { text: one.malformed, failed: true, note: "not understood" };
  try {
    return await one.tool.run(one.args, context);
  } catch (error) {
    if (!(error instanceof TbError) || error.parks) throw error;
    return { text: error.suggestion ? `${error.message}\n${error.suggestion}` : error.message, failed: true };
  }
}

function conclude(tell: Teller["tell"], one: Prepared, result: ToolResult): ToolOutcome {
  const note = result.note ?? (result.failed ? `failed: ${result.text}` : "");
  const summary = `${summaryOf(one)}${note ? ` · ${oneLine(redact(note), 120)}` : ""}`;
  tell({ type: "tool.finished", tool: oneLine(one.call.name, 40), summary });
  return {
    callId: one.call.id,
    name: one.call.name,
    text: storable(redact(result.text)),
    failed: result.failed,
    changed: result.changed ?? [],
    ...("malformed" in one && { malformed: true as const }),
  };
}

/** Redacted before it is cut: what is left of a secret is not found. */
function summaryOf(one: Prepared): string {
  return oneLine(redact("tool" in one ? one.tool.summarize(one.args) : one.call.name));
}
