// The two questions that turn a request into a plan, the same whether a run asks them or `--plan` does.
import type { ModelAnswer, ModelCall } from "../adapters/model/model.ts";
import { TbError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";
import { designAnswerSchema } from "../plan/plan-schema.ts";
import { validatePlan } from "../plan/validate-plan.ts";
import { designPlanPrompt } from "../prompts/design-plan.ts";
import { detectDatabasePrompt, readDatabaseNeed, type DatabaseNeed } from "../prompts/detect-database.ts";
import { notUnderstoodError } from "../ui/not-understood.ts";

/** How a question reaches the model; a run also remembers the answer. */
export type Ask = (turn: string, call: ModelCall) => Promise<ModelAnswer>;

/** Throws TbError "failure" when the answer is none. */
export async function askDatabaseNeed(ask: Ask, request: string): Promise<DatabaseNeed> {
  const need = readDatabaseNeed((await ask("detect-database", detectDatabasePrompt(request))).data);
  if (!need) throw new TbError("failure", "The model did not say whether a database is needed.");
  return need;
}

/** Throws TbError "not_understood" (exit 11) with the quoted parts, unless they may be left out, or "failure" when the answer is not a valid plan. */
export async function askPlan(ask: Ask, request: string, partial: boolean): Promise<Plan> {
  const answer = designAnswerSchema.safeParse((await ask("design", designPlanPrompt(request, partial))).data);
  if (!answer.success) {
    throw new TbError("failure", "The model's plan is not in the form that was asked for.", {
      details: answer.error.issues.slice(0, 10).map((issue) => `${issue.path.join(".")}: ${issue.message}`),
      suggestion: "Run the command again, or say the request more exactly.",
    });
  }
  if (!answer.data.understood) throw notUnderstoodError(request, answer.data.problems);
  const plan = validatePlan(answer.data.plan);
  if (partial || plan.not_understood.length === 0) return plan;
  throw new TbError("not_understood", "The model would leave parts of the request out; nothing was created.", {
    details: plan.not_understood,
    suggestion: "Build the rest with --partial, or say these parts more exactly.",
  });
}
