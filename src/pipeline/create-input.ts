// What is wrong with a create's own arguments, before anything else happens.
import { text } from "node:stream/consumers";
import { TbError } from "../errors.ts";

const MAX_REQUEST = 10_000;

/** The request itself; `-` reads stdin (and only `-` does). */
export async function readRequest(argument: string): Promise<string> {
  const request = (argument === "-" ? await text(process.stdin) : argument).trim();
  if (!request) {
    throw new TbError("usage", "The request is empty.", { suggestion: 'tb create "a todo API with users and tasks"' });
  }
  if (request.length > MAX_REQUEST) {
    throw new TbError(
      "usage",
      `The request is ${request.length.toLocaleString("en")} characters long; ${MAX_REQUEST.toLocaleString("en")} are allowed.`,
      {
        suggestion: "Describe the first part now and the rest later.",
      },
    );
  }
  return request;
}

/** What is wrong with a project's name, and the nearest one that would do; null for a good one. A name is part of paths and
 * host names: lower-case letters, digits and hyphens, at most 50 of them. */
export function nameProblem(name: string): { message: string; fixed: string | null } | null {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 50) return null;
  const fixed = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "")
    .slice(0, 50)
    .replace(/-+$/, "");
  return {
    message: `"${name}" cannot be a project's name: use lower-case letters, digits and hyphens, a letter first, at most 50.`,
    fixed: fixed || null,
  };
}

/** Throws TbError "usage" for a name that cannot be one. */
export function checkName(name: string): void {
  const problem = nameProblem(name);
  if (!problem) return;
  throw new TbError("usage", problem.message, { ...(problem.fixed && { suggestion: `--name ${problem.fixed}` }) });
}
