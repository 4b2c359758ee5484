// The project's name is free again; its timeline stays and says so.
import { releaseResources } from "../../control/release-resources.ts";
import type { DestroyStart } from "../destroy.ts";
import type { Phase } from "../types.ts";
import type { Removed } from "./release-kinds.ts";

/** The data of `tb destroy --json`. */
export interface DestroyResult {
  /** Always "destroyed": a removal is finished or it is an error. */
  outcome: "destroyed";
  /** What was removed. */
  project: { id: string; name: string };
  /** The run that removed it. */
  run: { id: string };
  /** Everything that is gone, in the order in which it went. */
  removed: { kind: string; name: string }[];
}

type In = DestroyStart & { stopped: Removed[]; removedCode: Removed[]; removedDatabase: Removed[] };

export const recordDestroy: Phase<In, { result: DestroyResult }> = {
  name: "record",
  title: "Write it down",
  run: async ({ projectId, projectName, stopped, removedCode, removedDatabase }, run) => {
    await run.emit({
      type: "activity",
      action: "project_destroyed",
      environment: "production",
      details: `Removed project '${projectName}'`,
    });
    // Whatever kind a newer tb may have made, and the name last.
    const rest = await run.step("release", async () => {
      const others = await releaseResources(run.control, run.adapters, { projectId }, { except: "project" });
      await releaseResources(run.control, run.adapters, { projectId });
      return others.map(({ kind, name }) => ({ kind, name }));
    });
    return {
      result: {
        outcome: "destroyed",
        project: { id: projectId, name: projectName },
        run: { id: run.id },
        removed: [...stopped, ...removedCode, ...removedDatabase, ...rest],
      },
    };
  },
  summarize: ({ projectName }) => `Removed ${projectName}`,
};
