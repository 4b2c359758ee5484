// What comes from outside fails a project as its own mistakes do: a database server that goes away or hangs, a program that is
// killed, a disk that runs full.
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import type { Verdict } from "../verify/verdict.ts";
import { type Places, requireRoom } from "./require-room.ts";
import type { Run } from "./types.ts";
import { watchAnswers } from "./watch-answers.ts";

interface Disturbed extends Places {
  sandbox: Places["sandbox"] & Pick<Sandbox, "brokenSessions" | "killedPrograms">;
}

/** The verdict; a second one where the first found faults while the server broke off sessions or hung, or a program was killed. A
 * server that is still away then is met by tb's own questions to it, which park the run, as a disk does that is still full. */
export async function judgeUndisturbed(
  run: Run,
  { sandbox, cluster }: Disturbed,
  judge: () => Promise<Verdict>,
): Promise<Verdict> {
  const [broken, killed] = [sandbox.brokenSessions(), sandbox.killedPrograms()];
  const answers = cluster && watchAnswers(cluster);
  try {
    const verdict = await judge();
    if (verdict.passed) return verdict;
    await requireRoom({ sandbox, cluster });
    const why =
      sandbox.brokenSessions() > broken
        ? "the database server broke off"
        : answers?.hung()
          ? "the database server did not answer for a while"
          : sandbox.killedPrograms() > killed
            ? "a program was killed that had done nothing wrong"
            : null;
    if (why === null) return verdict;
    await run.emit({ type: "progress", text: `${why}, so looking again` });
    const second = await judge();
    if (!second.passed) await requireRoom({ sandbox, cluster });
    return second;
  } finally {
    answers?.stop();
  }
}
