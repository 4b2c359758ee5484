// What runs that have ended still hold: an undo or a release that was cut short.
import { releaseResource } from "../release-resources.ts";
import type { ResourceKind } from "../ledger.ts";
import type { Candidate, CleanupKind, CleanupScope } from "./plan.ts";
import { DONE, IN_USE } from "./plan.ts";
import { heldByEndedRuns, type HeldByEndedRun } from "./queries.ts";

const KINDS: Record<ResourceKind, CleanupKind> = {
  project: "project",
  "database-roles": "roles",
  database: "database",
  "work-database": "database",
  "database-switch": "database switch",
  sandbox: "sandbox",
  "git-directory": "git directory",
  repository: "repository",
  snapshot: "snapshots",
  deployment: "deployment",
};

/** @param sizes bytes by name, as far as they are known. */
export async function endedRuns(
  { control, adapters, before }: CleanupScope,
  sizes: ReadonlyMap<string, number>,
): Promise<Candidate[]> {
  const held = await heldByEndedRuns(control, before);
  return held.map((resource) => ({
    kind: KINDS[resource.kind],
    name: resource.name,
    project: resource.project_id,
    action: "remove",
    reason: reasonOf(resource),
    bytes: sizes.get(resource.name) ?? null,
    act: async () => {
      const [still] = await heldByEndedRuns(control, before, resource.resource_id);
      if (!still) return IN_USE;
      await releaseResource(control, adapters, still);
      return DONE;
    },
  }));
}

function reasonOf({ run_id, run_state, pipeline, kind }: HeldByEndedRun): string {
  if (pipeline === "restore" && kind === "database") return `a restore has replaced it, and --keep-old kept it`;
  if (run_state === "succeeded") return `only its run ${run_id} needed it`;
  return `its run ${run_id} ${run_state === "failed" ? "has failed" : "was cancelled"}`;
}
