// Code that a model wrote runs isolated from the user's files and network, or because the user accepts that it is not.
import { TRUSTED_MODELS } from "../adapters/model/model.ts";
import { modelsOfProject } from "../control/turns.ts";
import { TbError } from "../errors.ts";
import type { EngineDeps } from "./engine.ts";

/** Pipelines that run a project's code. In the first ones a model writes it, too. */
const WRITING: ReadonlySet<string> = new Set(["create"]);
const RUNNING: ReadonlySet<string> = new Set([...WRITING, "deploy", "rollback", "verify"]);

interface Judged {
  pipeline: string;
  projectId: string | null;
}

/** Changes nothing. Throws TbError "configuration" when a model that is not trusted writes or has written what the run would
 * execute with the user's own rights. What was pushed to the project's repository is trusted as the user is. */
export async function requireIsolation(
  { adapters, control, unsafeNoSandbox = false }: EngineDeps,
  { pipeline, projectId }: Judged,
): Promise<void> {
  if (unsafeNoSandbox || !RUNNING.has(pipeline)) return;
  const model = WRITING.has(pipeline) ? await adapters.model() : null;
  const before = projectId ? await modelsOfProject(control, projectId) : [];
  const suspect = model && !model.trusted ? model.name : before.find((name) => !TRUSTED_MODELS.includes(name));
  if (suspect === undefined) return;
  const { isolation, reason, improvement } = await (await adapters.sandbox()).describeIsolation();
  if (isolation !== "process") return;
  const verb = model && !model.trusted ? "writes" : "has written for this project";
  throw new TbError(
    "configuration",
    `What model "${suspect}" ${verb} runs only isolated, and here nothing isolates it: ${reason}.`,
    {
      suggestion: [improvement, "--unsafe-no-sandbox      run it with all your rights"].filter(Boolean).join("\n"),
    },
  );
}
