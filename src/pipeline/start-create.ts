// A new project from a request or a plan: all ids are fixed here, before the run begins.
import type { Runner } from "../tb-command.ts";
import { newId } from "../ids.ts";
import type { Plan } from "../plan/plan.ts";
import type { CreateStart } from "./create.ts";
import type { CreateResult } from "./phases/record.ts";

export interface CreateInput {
  ownerId: string;
  request: string;
  givenPlan: Plan | null;
  /** What is not understood may be left out. */
  partial?: boolean;
  name: string | null;
  deploy: boolean;
}

export async function startCreate(runner: Runner, input: CreateInput): Promise<CreateResult> {
  const { startRun } = await import("./start-run.ts");
  const start: CreateStart = {
    ...input,
    projectId: newId("prj"),
    modificationId: newId("mod"),
    requestId: newId("req"),
    deploymentId: newId("dep"),
  };
  const run = {
    runId: newId("run"),
    pipeline: "create",
    ownerId: input.ownerId,
    projectId: start.projectId,
    request: { id: start.requestId, text: input.request },
    modificationId: start.modificationId,
    start,
  } as const;
  return (await runner.follow(run.runId, (deps) => startRun(deps, run))) as CreateResult;
}
