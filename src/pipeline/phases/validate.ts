// Everything that can be known to be wrong before anything is made, all of it at once.
import { execa } from "execa";
import type { Prerequisite } from "../../adapters/sandbox/sandbox.ts";
import { findByName, nameTaken } from "../../control/projects.ts";
import { TbError } from "../../errors.ts";
import type { CreateStart } from "../create.ts";
import type { Phase } from "../types.ts";

const NO_GIT: Prerequisite = {
  problem: "git is not installed (or not on the search path).",
  remedy: "Install git and run the command again.",
};

export const validate: Phase<CreateStart, { model: string }> = {
  name: "validate",
  title: "Check the request",
  run: async ({ name, ownerId, projectId }, run) => ({
    model: await run.step("check", async () => {
      const missing = await (await run.adapters.sandbox()).missing();
      if (!(await hasGit())) missing.push(NO_GIT);
      if (missing.length > 0) {
        throw new TbError("configuration", missing.map(({ problem }) => problem).join(" "), {
          suggestion: missing.map(({ remedy }) => remedy).join("\n"),
        });
      }
      const other = name ? await findByName(run.control, ownerId, name) : undefined;
      if (other && other.project_id !== projectId) throw nameTaken(name!, other);
      return (await run.adapters.model()).name;
    }),
  }),
};

async function hasGit(): Promise<boolean> {
  const { failed } = await execa("git", ["--version"], { reject: false });
  return !failed;
}
