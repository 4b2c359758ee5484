// Names of repositories, projects and branches, checked before they become part of a path or a ref, and the folders they name.
import { randomBytes } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { TbError } from "../../errors.ts";
import { errorCode } from "../../processes/error-code.ts";

/** A single path segment. Throws TbError "usage". */
export function safeName(name: string, what: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !name.includes("..") && !/\.(git|lock|tmp)$/i.test(name))
    return name;
  throw new TbError("usage", `${JSON.stringify(name)} is not a valid ${what}.`, {
    suggestion: "Use letters, digits, dots, dashes and underscores, at most 100.",
  });
}

/** A branch as git allows it, and a little stricter. Throws TbError "usage". */
export function safeBranch(branch: string): string {
  const segments = branch.split("/");
  const fine = segments.every(
    (segment) => /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(segment) && !/\.\.|\.$|\.lock$/i.test(segment),
  );
  if (fine && branch.length <= 200 && branch !== "HEAD") return branch;
  throw new TbError("usage", `${JSON.stringify(branch)} is not a valid branch name.`, {
    suggestion: "Use letters, digits, dots, dashes and slashes: feature/add-comments.",
  });
}

/** `refs/tb/<ref>`; never pushed. */
export function privateRef(ref: string): string {
  return `refs/tb/${safeBranch(ref)}`;
}

export function temporaryName(folder: string): string {
  return `${folder}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
}

/** Removes what killed processes left of `folder` while they made or removed it. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await namesIn(dirname(folder))) {
    const pid = name.startsWith(`${basename(folder)}.`) ? /\.(\d+)-[0-9a-f]{8}\.tmp$/.exec(name)?.[1] : undefined;
    if (pid && !isAlive(Number(pid))) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** Renames the folder away first, so that nobody sees half of it. */
export async function remove(folder: string): Promise<void> {
  await removeAbandoned(folder);
  if (!(await exists(folder))) return;
  const temporary = temporaryName(folder);
  try {
    await rename(folder, temporary);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error; // otherwise another process removed it
  }
  await rm(temporary, { recursive: true, force: true });
}

/** Throws TbError "not_found". */
export async function requireRepository(folder: string, name: string): Promise<void> {
  if (await exists(folder)) return;
  throw new TbError("not_found", `Repository ${name} does not exist at ${folder}.`, {
    suggestion: "Was it moved or deleted by hand? Put it back, or create the project anew.",
  });
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
