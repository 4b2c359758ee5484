// What comes from outside fails a project as its own mistakes do: a database server that goes away, a program that is killed.
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Run } from "./types.ts";

type Disturbed = Pick<Sandbox, "brokenSessions" | "killedPrograms">;

/** The verdict; a second one where the first found faults while the server broke off sessions or a program was killed. A server
 * that is still away then is met by tb's own questions to it, which park the run. */
export async function judgeUndisturbed(run: Run, sandbox: Disturbed, judge: () => Promise<Verdict>): Promise<Verdict> {
  const [broken, killed] = [sandbox.brokenSessions(), sandbox.killedPrograms()];
  const verdict = await judge();
  if (verdict.passed) return verdict;
  const why =
    sandbox.brokenSessions() > broken
      ? "the database server broke off"
      : sandbox.killedPrograms() > killed
        ? "a program was killed from outside"
        : null;
  if (why === null) return verdict;
  await run.emit({ type: "progress", text: `${why}, so looking again` });
  return judge();
}
