// The agent of the offline model: it writes all files and finishes, all in one turn.
import { TbError } from "../../../errors.ts";
import type { Plan } from "../../../plan/plan.ts";
import { validatePlan } from "../../../plan/validate-plan.ts";
import { planTextIn } from "../../../prompts/build-project.ts";
import type { Message, ModelAnswer, ToolCall } from "../model.ts";

type ToolMessage = Extract<Message, { role: "tool" }>;

/** The next turn after `messages`. Throws TbError "failure" when the conversation holds no plan. */
export async function nextAgentTurn(messages: readonly Message[]): Promise<ModelAnswer> {
  const last = messages.findLast((message) => message.role === "assistant");
  if (!last) return callTools("Writing the project's files.", await buildCalls(planIn(messages)));
  const results = messages.slice(messages.lastIndexOf(last) + 1).filter((message) => message.role === "tool");
  const failed = last.toolCalls.filter((call) => failureOf(call, results) !== null);
  if (failed.length === 0) return stop("The project is finished.");
  // A finish after them was not even looked at.
  const others = failed.filter(({ name }) => name !== "finish");
  const what = others.length > 0 ? "A tool failed" : "The verification failed";
  const reasons = (others.length > 0 ? others : failed).map((call) => `${call.name}: ${failureOf(call, results)}`);
  return stop([`${what}, and the offline model cannot mend what it did not foresee.`, ...reasons].join("\n\n"));
}

/** One write per file, in the renderer's order, and the end. */
async function buildCalls(plan: Plan): Promise<ToolCall[]> {
  const { renderProject } = await import("./render/render-project.ts");
  const calls = [
    ...renderProject(plan).map(({ path, content }) => ({ name: "write_file", arguments: { path, content } })),
    { name: "finish", arguments: { summary: summaryOf(plan) } },
  ];
  return calls.map((call, index) => ({ id: `call_${index + 1}`, ...call }));
}

function planIn(messages: readonly Message[]): Plan {
  const text = planTextIn(messages);
  if (text === null) throw new TbError("failure", "The offline model was asked to build a project without a plan.");
  return validatePlan(JSON.parse(text));
}

/** What a call failed with, or that its result never came; null when it did not fail. */
function failureOf(call: ToolCall, results: readonly ToolMessage[]): string | null {
  const result = results.find((one) => one.callId === call.id);
  if (!result) return "no result";
  return result.failed ? result.text : null;
}

function summaryOf(plan: Plan): string {
  const tables = plan.tables.map((table) => table.name).join(", ") || "none";
  return `Built ${plan.name} with ${plan.endpoints.length} endpoints; tables: ${tables}.`;
}

function callTools(text: string, toolCalls: ToolCall[]): ModelAnswer {
  return { text, toolCalls, data: null, finish: "tool_calls", usage: { input: 0, cached: 0, output: 0, usd: 0 } };
}

function stop(text: string): ModelAnswer {
  return { text, toolCalls: [], data: null, finish: "stop", usage: { input: 0, cached: 0, output: 0, usd: 0 } };
}
