// `--plan`: understands the request and builds nothing; no database is started for it.
import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Model, ModelUsage } from "../adapters/model/model.ts";
import { TbError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";
import { formatPlanFile } from "../plan/plan-file.ts";
import { renderMigration } from "../plan/render-migration.ts";
import type { Planned } from "../ui/create-result.ts";
import { askPlan } from "./understand.ts";

/** Throws TbError "not_understood" (exit 11) as a create would. */
export async function planCreate(
  model: Model,
  request: string,
  options: { name: string | null; file: string | null; partial: boolean },
): Promise<Planned> {
  const usages: ModelUsage[] = [];
  const designed = await askPlan(
    async (_turn, call) => {
      const answer = await model.complete(call, new AbortController().signal);
      usages.push(answer.usage);
      return answer;
    },
    request,
    options.partial,
  );
  return planned(designed, options, model.name, usages);
}

/** The same of a plan that no model was asked for. */
export function planGiven(plan: Plan, options: { name: string | null; file: string | null }): Promise<Planned> {
  return planned(plan, options, "none", []);
}

async function planned(
  designed: Plan,
  { name, file }: { name: string | null; file: string | null },
  model: string,
  usages: ModelUsage[],
): Promise<Planned> {
  const plan: Plan = name ? { ...designed, name } : designed;
  if (file) await writeWhole(file, formatPlanFile(plan));
  return {
    outcome: "planned",
    model,
    plan,
    sql: renderMigration(plan)?.sql ?? null,
    file,
    cost: {
      usd: usages.some(({ usd }) => usd === null) ? null : usages.reduce((sum, { usd }) => sum + usd!, 0),
      input_tokens: usages.reduce((sum, { input }) => sum + input, 0),
      output_tokens: usages.reduce((sum, { output }) => sum + output, 0),
    },
    assumptions: plan.assumptions,
    not_understood: plan.not_understood,
  };
}

/** A plan file is whole or not there. */
async function writeWhole(file: string, content: string): Promise<void> {
  const temporary = join(dirname(file), `.${process.pid}.tb-plan`);
  try {
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    throw new TbError("failure", `The plan could not be written: ${(error as Error).message}`, {
      suggestion: "Name a file in a folder that exists and that you may write to.",
      cause: error,
    });
  }
}
