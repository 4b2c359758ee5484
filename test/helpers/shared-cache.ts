// What all tests of a run share: the cache of prepared dependencies, and the model that their homes are copied from.
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    sharedCache: string;
    /** Folder of the model (ready-home.ts). */
    modelHome: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cache = await mkdtemp(join(tmpdir(), "tb-cache-"));
  const model = await mkdtemp(join(tmpdir(), "tb-model-"));
  project.provide("sharedCache", cache);
  project.provide("modelHome", model);
  return async () => {
    const { removeModel } = await import("./ready-home.ts");
    await removeModel(model);
    await rm(cache, { recursive: true, force: true });
  };
}

/** Makes the shared cache the home's own. */
export async function shareCache(home: string, cache: string): Promise<void> {
  await symlink(cache, join(home, "cache"));
}
