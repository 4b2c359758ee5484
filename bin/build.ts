// Builds dist/: one bundle with an entry for each command, oclif's manifest, and the text of `tb --help` (perf.md's recipe).
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBundle } from "./bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const fresh = join(root, `dist-${process.pid}`);

try {
  await buildBundle(root, fresh);
  await replace(join(root, "dist"), fresh);
} finally {
  await rm(fresh, { recursive: true, force: true });
}

/** Puts the new folder in the place of the old one, so that a tb that is started meanwhile finds a whole one. */
async function replace(target: string, replacement: string): Promise<void> {
  const old = `${target}-${process.pid}-old`;
  await rename(target, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(replacement, target);
  await rm(old, { recursive: true, force: true });
}
