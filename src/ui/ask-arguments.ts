// Asks for required arguments that were left out: projects and runs from a list, anything else as text.
import type { Arg } from "@oclif/core/interfaces";
import type { Control } from "../control/control.ts";
import { TbError } from "../errors.ts";
import { formatTime } from "./output.ts";
import { askChoice, askText, type Choice } from "./prompts.ts";

interface Known {
  control: () => Promise<Control>;
  owner: () => Promise<string>;
}

/** One answer for each argument, in their order. Throws TbError "not_found" when there is nothing to choose from. */
export async function askArguments(missing: readonly Arg<unknown>[], known: Known): Promise<string[]> {
  const answers: string[] = [];
  for (const argument of missing) answers.push(await askArgument(argument, known));
  return answers;
}

async function askArgument({ name, description, options }: Arg<unknown>, known: Known): Promise<string> {
  if (name === "project") return askChoice("Which project?", await projects(known));
  if (name === "run") return askChoice("Which run?", await runs(known));
  const question = description?.replace(/[.;].*$/s, "") ?? name;
  if (options)
    return askChoice(
      question,
      options.map((value) => ({ value, name: value })),
    );
  return askText(question);
}

async function projects({ control, owner }: Known): Promise<Choice[]> {
  const { listProjects } = await import("../control/projects.ts");
  const found = await listProjects(await control(), await owner());
  if (found.length === 0) {
    throw new TbError("not_found", "There is no project yet.", {
      suggestion: 'tb create "a todo API with users and tasks"',
    });
  }
  return found.map(({ name, project_id }) => ({ value: project_id, name: `${name}  ${project_id}` }));
}

async function runs({ control, owner }: Known): Promise<Choice[]> {
  const { viewRuns } = await import("../control/run-view.ts");
  const found = await viewRuns(await control(), await owner(), { limit: 50 });
  if (found.length === 0) {
    throw new TbError("not_found", "There is no run yet.", {
      suggestion: 'tb create "a todo API with users and tasks"',
    });
  }
  return found.map(({ id, pipeline, state, created_at }) => ({
    value: id,
    name: `${id}  ${pipeline}  ${state}  ${formatTime(Date.parse(created_at) / 1000)}`,
  }));
}
