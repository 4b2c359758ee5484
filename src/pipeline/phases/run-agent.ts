// The agent writes the project in the sandbox until it says that it has finished; what is true then, verify finds out.
import { runAgent, type AgentOutcome } from "../../agent/agent-loop.ts";
import { DEFAULT_LIMITS } from "../../agent/limits.ts";
import { TbError } from "../../errors.ts";
import { buildProjectPrompt } from "../../prompts/build-project.ts";
import type { Plan } from "../../plan/plan.ts";
import { countOf } from "../../ui/count.ts";
import type { CreateStart } from "../create.ts";
import type { Phase, Run } from "../types.ts";
import { openWorkspace } from "../workspace.ts";

export interface AgentState {
  turn: number;
  summary: string;
  files: string[];
}

type In = CreateStart & { plan: Plan; database: string | null };

export const runAgentPhase: Phase<In, { agent: AgentState }> = {
  name: "run-agent",
  title: "Write the project",
  run: async (state, run) => ({ agent: await continueAgent(state, run, { turn: 0, summary: "", files: [] }) }),
  summarize: ({ agent }) => `Wrote ${countOf(agent.files.length, "file")} on top of the base project`,
};

/** Goes on after `before.turn` until the model calls finish. Throws TbError "verification_failed" when it gives up. */
export async function continueAgent(state: In, run: Run, before: AgentState): Promise<AgentState> {
  const { projectId, database } = state;
  const workspace = await openWorkspace(run, { projectId, database });
  try {
    // Written once: a conversation that keeps its beginning is cheaper to go on with.
    const opening = await run.step("opening", async () =>
      buildProjectPrompt(state.plan, await (await workspace.sandbox()).listFiles()),
    );
    const outcome = await runAgent(run, workspace, opening, DEFAULT_LIMITS, before.turn + 1);
    if (outcome.state === "stopped") await run.step(`stopped-${outcome.turn}`, () => giveUp(outcome, run.id));
    return {
      turn: outcome.turn,
      summary: outcome.summary,
      files: [...new Set([...before.files, ...outcome.filesChanged])].toSorted(),
    };
  } finally {
    await workspace.close();
  }
}

/** Its turns are remembered, so that resuming would only meet their end again: the hint to do so is left out. */
async function giveUp({ summary }: AgentOutcome, runId: string): Promise<never> {
  throw new TbError("verification_failed", "The model stopped before the project was finished.", {
    details: summary ? [`It said: ${summary.slice(0, 2000)}`] : [],
    suggestion: [
      "Say more exactly what is wanted, and run the command again. Resuming this run would end here again.",
      `tb runs show ${runId}      what it made`,
      `tb cancel ${runId}      undo that`,
    ].join("\n"),
  });
}
