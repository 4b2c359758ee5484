import type { DestroyResult } from "../pipeline/phases/record-destroy.ts";
import { formatTable } from "./output.ts";

export function formatDestroyed({ project, removed, run }: DestroyResult): string {
  return [
    "",
    `  Removed ${project.name} for good`,
    "",
    ...(removed.length > 0 ? [formatTable(removed.map(({ kind, name }) => [kind, name])), ""] : []),
    `  Run ${run.id}`,
  ].join("\n");
}
