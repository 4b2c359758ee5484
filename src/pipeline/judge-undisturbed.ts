// A database server that goes away fails a project's requests and tests as the project's own mistakes do.
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Run } from "./types.ts";

/** The verdict; a second one where the first found faults while the server broke off sessions. A server that is still away
 * then is met by tb's own questions to it, which park the run. */
export async function judgeUndisturbed(run: Run, sandbox: Sandbox, judge: () => Promise<Verdict>): Promise<Verdict> {
  const before = sandbox.brokenSessions();
  const verdict = await judge();
  if (verdict.passed || sandbox.brokenSessions() === before) return verdict;
  await run.emit({ type: "progress", text: "the database server broke off, so looking again" });
  return judge();
}
