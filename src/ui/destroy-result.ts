import type { DestroyResult } from "../pipeline/phases/record-destroy.ts";
import { fitTable } from "./layout.ts";

export function formatDestroyed({ project, removed, run }: DestroyResult): string {
  return [
    "",
    `  Removed ${project.name} for good`,
    "",
    ...(removed.length > 0 ? [fitTable(removed.map(({ kind, name }) => [kind, name])), ""] : []),
    `  Run ${run.id}`,
  ].join("\n");
}
