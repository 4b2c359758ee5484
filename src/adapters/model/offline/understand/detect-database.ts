// Does a request need a relational database?
import type { DatabaseNeed } from "../../../../prompts/detect-database.ts";
import { understand } from "./understand.ts";

/** What the plan says; when there is none, a database is the safe answer, because most requests keep something. */
export function detectDatabase(request: string): DatabaseNeed {
  const answer = understand(request);
  if (answer.understood) return answer.plan.database;
  const quoted = answer.problems[0]!.text.replace(/\s+/g, " ").trim().slice(0, 80);
  return {
    needed: true,
    reasoning: `A part of the request is not understood ("${quoted}"), and it may have to be stored.`,
  };
}
