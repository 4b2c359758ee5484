// tb as a user gets it: packed, and installed from the tarball without any install script.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../src/package-root.ts";

const run = promisify(execFile);

export interface Packed {
  tarball: string;
  /** Paths in the package. */
  files: string[];
}

/** What was built last, as a tarball in the folder. */
export async function packTb(folder: string): Promise<Packed> {
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: packageRoot(),
    maxBuffer: 64_000_000,
  });
  const answer: unknown = JSON.parse(stdout);
  const [packed] = Object.values(answer as Record<string, { filename: string; files: { path: string }[] }>);
  if (!packed) throw new Error(`npm pack has made nothing: ${stdout}`);
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path).toSorted() };
}

/** Installs the tarball under the prefix; the file that `tb` is then. */
export async function installTb(tarball: string, prefix: string): Promise<string> {
  await run("npm", ["install", "--global", "--prefix", prefix, "--ignore-scripts", "--no-audit", "--no-fund", tarball]);
  return join(prefix, "bin", "tb");
}
