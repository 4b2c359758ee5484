// Reads package.json and package-lock.json of a tree that may be hostile, before npm sees them outside the sandbox.
import { createHash } from "node:crypto";
import * as z from "zod";
import { TbError } from "../../errors.ts";
import { withoutCredentials } from "../../secrets/addresses.ts";

export interface Manifests {
  packageJson: string;
  lockfile: string;
}

const Declared = z.object({
  dependencies: z.unknown().optional(),
  devDependencies: z.unknown().optional(),
  optionalDependencies: z.unknown().optional(),
  peerDependencies: z.unknown().optional(),
  overrides: z.unknown().optional(),
  workspaces: z.unknown().optional(),
});
const Package = z.object({
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
});
const Lockfile = z.object({
  lockfileVersion: z.union([z.literal(2), z.literal(3)]),
  packages: z.record(z.string(), Package),
});

/** @returns the key under which these dependencies are prepared, and how many packages this machine needs of them.
 * Throws TbError "failure" for manifests that are not readable, or that name anything but packages of a registry: npm
 * runs outside the sandbox and would copy folders, link files or run git for those. */
export function checkManifests({ packageJson, lockfile }: Manifests): { key: string; packages: number } {
  const declared = parse("package.json", packageJson, Declared);
  const { packages } = parse("package-lock.json", lockfile, Lockfile);
  const foreign = Object.entries(packages).filter(([path, entry]) => !isFromRegistry(path, entry));
  if (declared.workspaces !== undefined) foreign.push(["workspaces", {}]);
  if (foreign.length > 0) {
    throw new TbError("failure", "Dependencies must come from a registry, not from folders, links or git.", {
      details: foreign
        .slice(0, 5)
        .map(([path, entry]) =>
          entry.resolved ? `${path} → ${withoutCredentials(entry.resolved).replace(/\?.*$/s, "")}` : path,
        ),
      suggestion: "Replace them in package.json by published versions and update package-lock.json.",
    });
  }
  // npm ci compares both files, so dependencies that only package.json names must not find what was prepared without them.
  const parts = [
    lockfile,
    JSON.stringify(declared),
    process.versions.node.split(".")[0],
    process.platform,
    process.arch,
  ];
  return {
    key: createHash("sha256").update(parts.join("\0")).digest("hex"),
    packages: Object.values(packages).filter(isForThisMachine).length - 1,
  };
}

function isFromRegistry(path: string, { resolved, link }: z.infer<typeof Package>): boolean {
  if (path === "") return true; // the project itself
  const segments = path.split("/");
  if (
    segments[0] !== "node_modules" ||
    segments.some((segment) => segment === ".." || segment === "." || segment === "")
  )
    return false;
  return link !== true && (resolved === undefined || /^https?:\/\//.test(resolved)); // bundled packages have no address
}

function isForThisMachine({ os, cpu }: z.infer<typeof Package>): boolean {
  return (!os || os.includes(process.platform)) && (!cpu || cpu.includes(process.arch));
}

function parse<T>(name: string, text: string, shape: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TbError("failure", `${name} is not valid JSON.`, { cause: error });
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new TbError("failure", `${name} cannot be used: ${issue.path.join(".")}: ${issue.message}.`, {
    suggestion: "Write it again with npm install --package-lock-only (npm 7 or newer).",
  });
}
