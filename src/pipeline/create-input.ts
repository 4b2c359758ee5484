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

/** A name is part of paths and host names: lower-case letters, digits and hyphens, at most 50 of them. */
export function checkName(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 50) return;
  const fixed = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "")
    .slice(0, 50)
    .replace(/-+$/, "");
  throw new TbError(
    "usage",
    `"${name}" cannot be a project's name: use lower-case letters, digits and hyphens, a letter first, at most 50.`,
    { ...(fixed && { suggestion: `--name ${fixed}` }) },
  );
}
