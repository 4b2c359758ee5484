// tb's own verdict on what the agent made. What failed goes back to the agent, a bounded number of times.
import { answerFinish } from "../../agent/agent-loop.ts";
import { allDone } from "../../all-done.ts";
import { releaseRunScoped } from "../../control/release-resources.ts";
import { TbError } from "../../errors.ts";
import type { Plan } from "../../plan/plan.ts";
import type { CheckName, Verdict } from "../../verify/verdict.ts";
import { formatVerdict } from "../../verify/format-verdict.ts";
import { verifyProject } from "../../verify/verify-project.ts";
import type { CreateStart } from "../create.ts";
import { announceScratch, hasCopy } from "../copy-database.ts";
import { judgeUndisturbed } from "../judge-undisturbed.ts";
import { workDatabases } from "../names.ts";
import type { Phase, Run } from "../types.ts";
import { openWorkspace, reportProgress } from "../workspace.ts";
import { continueAgent, type AgentState } from "./run-agent.ts";

type In = CreateStart & { plan: Plan; database: string | null; agent: AgentState };

/** How often the agent gets to hear what failed (facts.md, "Agent loop"). */
const ATTEMPTS = 3;

export const verify: Phase<In, { verdict: Verdict; agent: AgentState }> = {
  name: "verify",
  title: "Verify",
  run: async (state, run) => {
    let { agent } = state;
    for (let attempt = 1; ; attempt++) {
      // The last verdict is thrown inside its step, so that a resumed run judges anew.
      const verdict = await run.step(`verify-${attempt}`, async () => {
        const found = await judge(state, run);
        await run.emit({ type: "verification", verdict: found });
        if (!found.passed && attempt === ATTEMPTS) throw refusal(found);
        return found;
      });
      if (verdict.passed) {
        // A step of its own: a verdict that is not remembered yet is found again, in the copies.
        await run.step("accept", async () => {
          await answerFinish(run, agent.turn, "Verified.", false);
          dropCopies(run);
          return null;
        });
        return { verdict, agent };
      }
      await run.emit({
        type: "warning",
        text: `Not verified (attempt ${attempt} of ${ATTEMPTS}): ${failedNames(verdict)}`,
      });
      const { turn } = agent;
      await run.step(`answer-${attempt}`, () => answerFinish(run, turn, formatVerdict(verdict), true));
      agent = await continueAgent(state, run, agent);
    }
  },
  summarize: ({ verdict }) => `Verified: ${shown(verdict).join(", ")}`,
};

/** Begins to drop the copies of the database, which takes Postgres a while and nobody waits for: the end of the run waits for
 * what is still there then, drops it, and hears of what is wrong. */
function dropCopies(run: Run): void {
  releaseRunScoped(run.control, run.adapters, run.id, new Set(["work-database"])).catch(() => {});
}

/** What fits a line; the verdict has the rest. */
const SHOWN: ReadonlySet<CheckName> = new Set(["types", "build", "endpoints", "tests"]);

function shown(verdict: Verdict): string[] {
  return verdict.checks.filter(({ name }) => SHOWN.has(name)).map(({ summary }) => summary);
}

async function judge({ plan, projectId, database }: In, run: Run): Promise<Verdict> {
  const workspace = await openWorkspace(run, { projectId, database });
  const { work, probe, test } = workDatabases(projectId);
  const sandbox = await workspace.sandbox();
  if (database) await announceScratch(projectId, run);
  const what = {
    sandbox,
    cluster: database ? await run.adapters.databaseCluster() : null,
    projectId,
    // Without an agent that has worked on a copy, the live database is what the copy would be.
    database: database && (await hasCopy(projectId, run)) ? work : database,
    scratch: { probe, test, kept: true } as const, // the run's ledger has them
    plan,
    signal: run.signal,
    onProgress: reportProgress(run),
    nodePath: process.execPath,
  };
  const verdict = judgeUndisturbed(run, what, () => verifyProject(what));
  const settled = () => workspace.settled(); // a build may have asked for the copy
  await allDone([verdict, verdict.then(settled, settled)]);
  return verdict;
}

function refusal(verdict: Verdict): TbError {
  return new TbError("verification_failed", `The project could not be verified: ${failedNames(verdict)}.`, {
    details: formatVerdict(verdict).split("\n").slice(0, 30),
    suggestion: "The run is kept with everything it made.",
  });
}

function failedNames(verdict: Verdict): string {
  return verdict.checks
    .filter(({ passed }) => !passed)
    .map(({ name }) => name)
    .join(", ");
}
