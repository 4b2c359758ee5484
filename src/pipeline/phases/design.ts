// One typed plan from every model; then the project's name is reserved, the first thing that a run makes.
import { callModel } from "../../agent/call-model.ts";
import { withResource } from "../../control/ledger.ts";
import { reserveProject } from "../../control/projects.ts";
import type { Plan } from "../../plan/plan.ts";
import { countOf } from "../../ui/count.ts";
import type { CreateStart } from "../create.ts";
import type { Phase } from "../types.ts";
import { askPlan } from "../understand.ts";

export const design: Phase<CreateStart, { plan: Plan }> = {
  name: "design",
  title: "Understand the request",
  run: async ({ request, givenPlan, partial, name, projectId, ownerId }, run) => {
    const plan =
      givenPlan ??
      (await run.step("ask", () => askPlan((turn, call) => callModel(run, turn, call), request, partial === true)));
    const named = name ? { ...plan, name } : plan;
    await run.step("reserve-name", () =>
      withResource(
        run.control,
        { run_id: run.id, project_id: projectId, kind: "project", name: projectId, provider: "control" },
        () => reserveProject(run.control, { projectId, ownerId, name: named.name }),
      ),
    );
    return { plan: named };
  },
  summarize: ({ plan }) =>
    `Understood: ${countOf(plan.tables.length, "table")}, ${countOf(plan.endpoints.length, "endpoint")}`,
};
