// One cache of prepared dependencies for all tests that build a project: each has a TB_HOME of its own that links to it.
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    sharedCache: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cache = await mkdtemp(join(tmpdir(), "tb-cache-"));
  project.provide("sharedCache", cache);
  return () => rm(cache, { recursive: true, force: true });
}

/** Makes the shared cache the home's own. */
export async function shareCache(home: string, cache: string): Promise<void> {
  await symlink(cache, join(home, "cache"));
}
