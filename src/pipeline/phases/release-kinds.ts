// Releases what a project holds of some kinds, newest first; what was released before stays released.
import type { ResourceKind } from "../../control/ledger.ts";
import { releaseResources } from "../../control/release-resources.ts";
import type { Run } from "../types.ts";

export interface Removed {
  kind: string;
  name: string;
}

/** A durable step of the phase that asks. */
export function releaseKinds(run: Run, projectId: string, kinds: readonly ResourceKind[]): Promise<Removed[]> {
  return run.step("release", async () => {
    const released = await releaseResources(run.control, run.adapters, { projectId }, { only: new Set(kinds) });
    return released.map(({ kind, name }) => ({ kind, name }));
  });
}
