// Check "unchanged": what was judged is what is there afterwards. The project's own programs run while it is verified, and one
// of them might put something else in the place of the sources, the packages or the artefact.
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import { changedStamps, type Stamps } from "../adapters/sandbox/stamps.ts";
import type { Finding } from "./check.ts";
import type { Failure } from "./verdict.ts";

type Stamped = Pick<Sandbox, "stamps">;

export interface Before {
  tree: Stamps;
  dependencies: Stamps;
  /** Of what was built; added by whoever has built it. */
  build?: Stamps;
}

export async function stampsBefore(sandbox: Stamped): Promise<Before> {
  return { tree: await sandbox.stamps("tree"), dependencies: await sandbox.stamps("dependencies") };
}

/** `mayAdd`: files may come into being that git does not know, as hand-written tests make them. `written` are files that tb
 * itself has written meanwhile. */
export async function checkUnchanged(
  sandbox: Stamped,
  before: Before,
  { mayAdd, written }: { mayAdd: boolean; written: readonly string[] },
): Promise<Finding> {
  const tree = changedStamps(before.tree, await sandbox.stamps("tree")).filter(
    ({ path, change }) => !written.includes(path) && !(mayAdd && change === "added"),
  );
  const build = before.build ? changedStamps(before.build, await sandbox.stamps("build")) : [];
  const packages = changedStamps(before.dependencies, await sandbox.stamps("dependencies"));
  const failures = [
    ...tree.map(({ path, change }) => failure(path, change)),
    ...build.slice(0, 3).map(({ path, change }) => failure(`.output/${path}`, change)),
    ...packages.slice(0, 3).map(({ path, change }) => failure(`node_modules/${path}`, change)),
  ];
  return { count: null, summary: "unchanged", failures };
}

function failure(file: string, change: "added" | "changed" | "removed"): Failure {
  const message = `was ${change} while the project was verified: no test, script or route may write into the project.`;
  return { file, message };
}
