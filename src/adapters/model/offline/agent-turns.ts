// The agent of the offline model: write all files, write openapi.json, finish. What comes next follows from the conversation.
import { TbError } from "../../../errors.ts";
import type { Plan } from "../../../plan/plan.ts";
import { validatePlan } from "../../../plan/validate-plan.ts";
import { planTextIn } from "../../../prompts/build-project.ts";
import type { Message, ModelAnswer, ToolCall } from "../model.ts";

type ToolMessage = Extract<Message, { role: "tool" }>;

/** The next turn after `messages`. Throws TbError "failure" when the conversation holds no plan. */
export async function nextAgentTurn(messages: readonly Message[]): Promise<ModelAnswer> {
  const turns = messages.filter((message) => message.role === "assistant");
  const last = turns.at(-1);
  if (!last) return callTools("Writing the project's files.", await fileCalls(planIn(messages)));
  const results = messages.slice(messages.lastIndexOf(last) + 1).filter((message) => message.role === "tool");
  const failures = last.toolCalls.flatMap((call) => failureOf(call, results));
  const tool = last.toolCalls.at(-1)?.name;
  if (failures.length > 0) return stop(apology(tool, failures));
  if (tool === "write_file") {
    return callTools("Writing openapi.json.", [
      { id: callId(2, 1), name: "run_command", arguments: { command: "node scripts/openapi.ts" } },
    ]);
  }
  if (tool === "run_command") {
    return callTools("The plan is built.", [
      { id: callId(3, 1), name: "finish", arguments: { summary: summaryOf(planIn(messages)) } },
    ]);
  }
  return stop("The project is finished.");
}

/** One write per file, in the renderer's order. */
async function fileCalls(plan: Plan): Promise<ToolCall[]> {
  const { renderProject } = await import("./render/render-project.ts");
  return renderProject(plan).map((file, index) => ({
    id: callId(1, index + 1),
    name: "write_file",
    arguments: { path: file.path, content: file.content },
  }));
}

function callId(turn: number, call: number): string {
  return `call_${turn}_${call}`;
}

function planIn(messages: readonly Message[]): Plan {
  const text = planTextIn(messages);
  if (text === null) throw new TbError("failure", "The offline model was asked to build a project without a plan.");
  return validatePlan(JSON.parse(text));
}

/** A call that failed or whose result never came. */
function failureOf(call: ToolCall, results: readonly ToolMessage[]): string[] {
  const result = results.find((one) => one.callId === call.id);
  if (!result) return [`${call.name}: no result`];
  return result.failed ? [`${call.name}: ${result.text}`] : [];
}

function apology(tool: string | undefined, failures: string[]): string {
  const what = tool === "finish" ? "The verification failed" : "A tool failed";
  return [`${what}, and the offline model cannot mend what it did not foresee.`, ...failures].join("\n\n");
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
