// A sound project with one thing that is wrong, and the check that has to say so.
import { formatVerdict } from "../../../src/verify/format-verdict.ts";
import type { CheckName, Verdict } from "../../../src/verify/verdict.ts";
import type { TestProject } from "../project.ts";

export interface Mutation {
  /** kebab-case. */
  name: string;
  /** What is wrong, for docs/mutations.md. */
  what: string;
  /** The check that must fail (others may, too), and what it must say. */
  check: CheckName;
  says: RegExp;
  edits: Edit[];
  /** Writes openapi.json anew, so that only the behaviour is wrong and not the contract. */
  regenerate?: true;
  /** Run on the agent's copy of the database, as the administrator. */
  sql?: string;
}

export type Edit =
  | { file: string; from: string | RegExp; to: string }
  | { file: string; content: string }
  | { file: string; removed: true };

export const USERS = "server/api/users";
export const TASKS = "server/api/tasks";

/** What to do to a project. `format`: afterwards its files are formatted anew. */
type Changes = Pick<Mutation, "edits" | "regenerate" | "sql"> & { format?: true };

/** Throws when an edit finds nothing to change. */
export async function applyMutation({ edits, regenerate, sql, format }: Changes, project: TestProject): Promise<void> {
  const { sandbox } = project;
  const run = async (...args: string[]) => {
    const { exitCode, output } = await sandbox.exec([process.execPath, ...args]);
    if (exitCode !== 0) throw new Error(`${args.join(" ")}: ${output}`);
  };
  for (const edit of edits) {
    if ("from" in edit) await project.edit(edit.file, edit.from, edit.to);
    else if ("content" in edit) await sandbox.writeFile(edit.file, edit.content);
    else await sandbox.deleteFile(edit.file);
  }
  if (format) await run("node_modules/oxfmt/bin/oxfmt");
  if (regenerate) await run("scripts/openapi.ts");
  if (sql) await project.sql(sql);
}

/** Whether the check that is named has failed, with these words. */
export function saysSo({ check, says }: Pick<Mutation, "check" | "says">, verdict: Verdict): boolean {
  const checks = verdict.checks.filter(({ name, passed }) => name === check && !passed);
  return says.test(formatVerdict({ ...verdict, checks }));
}
