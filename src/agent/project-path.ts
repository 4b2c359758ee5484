// Paths as a model writes them, and the files that are not its to write.
import { posix } from "node:path";
import { TbError } from "../errors.ts";

/** A path relative to the project, with forward slashes. Throws TbError "usage" for one that leaves it. */
export function projectPath(path: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) throw new TbError("usage", "A path must not hold control characters.");
  const normal = posix.normalize(path.trim().replaceAll("\\", "/")).replace(/\/$/, "");
  if (normal.startsWith("/") || /^[a-z]:/i.test(normal)) {
    throw new TbError(
      "usage",
      `"${path}" is absolute. Paths are relative to the project's root, like server/api/health.get.ts.`,
    );
  }
  if (normal === "." || normal === "")
    throw new TbError("usage", "The path of a file is needed, like server/api/health.get.ts.");
  if (normal === ".." || normal.startsWith("../")) throw new TbError("usage", `"${path}" is outside the project.`);
  return normal;
}

/** Why this file is not the model's to write; null when it may. Compared without case: some file systems have none. */
export function protection(path: string): string | null {
  const lower = path.toLowerCase();
  const segments = lower.split("/");
  if (segments.includes(".git")) return "git is not yours to touch: the work is committed for you.";
  if (segments.includes("node_modules")) return "installed packages are not part of the project.";
  if (lower === ".env") return "the connection variables are set for you; their names are in .env.example.";
  if (lower === "package-lock.json") return "npm writes it: change package.json and run npm install.";
  if (isFirstMigration(path)) return "it is rendered from the plan and already applied.";
  return null;
}

/** Files that a command must leave as they are; found by name. */
export function isGuarded(path: string): boolean {
  return path === ".env" || isFirstMigration(path);
}

function isFirstMigration(path: string): boolean {
  return /^migrations\/0001[^/]*$/i.test(path);
}
