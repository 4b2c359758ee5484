import type { Overview } from "../control/overview.ts";
import { fitTable } from "./layout.ts";

/** The last project in a line or two, then the five commands that matter. */
export function formatOverview({ engine_room, project, projects }: Overview): string {
  const name = project?.name ?? "PROJECT";
  const commands = [
    ['tb create "a todo API with users and tasks"', "make a backend"],
    [`tb status ${name}`, "how it does"],
    [`tb deploy ${name}`, "run its main branch"],
    [`tb activity ${name}`, "what happened to it"],
    ["tb --help", "all commands"],
  ];
  const head = project
    ? fitTable([[project.name, health(project), project.url ?? "", `${project.endpoints} endpoints`]])
    : engine_room === "stopped"
      ? "  tb's databases are stopped.\n  → tb db start"
      : "  There is no project yet.";
  const more = projects !== null && projects > 1 ? [`  and ${projects - 1} more → tb projects list`] : [];
  return [head, ...more, "", fitTable(commands)].join("\n");
}

function health({ status, healthy }: NonNullable<Overview["project"]>): string {
  if (status !== "active") return status;
  return healthy === null ? "not deployed" : healthy ? "healthy" : "not answering";
}
