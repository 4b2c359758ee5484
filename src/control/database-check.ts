// `tb db check`: compares what is written down with what is there, and changes nothing (but rights, with --repair).
import type { Adapters } from "../adapters/index.ts";
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import { exists } from "../processes/folders.ts";
import { look, type Finding } from "./check/finding.ts";
import { checkInstallation } from "./check/installation-checks.ts";
import { checkProject } from "./check/project-checks.ts";
import { openControl } from "./database.ts";
import { findProject, listProjects } from "./projects.ts";

/** The data of `tb db check`. */
export interface CheckResult {
  outcome: "consistent" | "differs";
  findings: Finding[];
  /** How many of them are problems. */
  problems: number;
}

export interface CheckInput {
  config: Config;
  adapters: Adapters;
  /** Asked for only when there is something to look at. */
  owner: () => Promise<string>;
  /** Name or id; null checks everything. */
  project: string | null;
  repair: boolean;
}

/** Throws TbError "not_found" without such a project, and when the control database cannot be reached at all. */
export async function checkDatabases({ config, adapters, owner, project, repair }: CheckInput): Promise<CheckResult> {
  if (config.controlUrl === null && !(await exists(config.home))) return resultOf([await nothingYet(project)]);
  let control: Awaited<ReturnType<typeof openControl>>;
  try {
    control = await openControl(config, { migrate: false });
  } catch (error) {
    if (!(error instanceof TbError && error.code === "configuration")) throw error;
    return resultOf([await look("control schema", null, "", () => Promise.reject(error))]);
  }
  try {
    const tools = { control, adapters, repair };
    const ownerId = await owner();
    const projects =
      project === null ? await listProjects(control, ownerId) : [await findProject(control, ownerId, project)];
    const findings = project === null ? await checkInstallation(tools, config.home) : [];
    for (const each of projects) findings.push(...(await checkProject(tools, each)));
    return resultOf(findings);
  } finally {
    await control.close();
  }
}

/** A machine on which nothing was ever made is in order; looking must not make anything. */
async function nothingYet(project: string | null): Promise<Finding> {
  if (project !== null) {
    throw new TbError("not_found", `There is no project "${project}".`, {
      suggestion: 'tb create "a todo API with users and tasks"',
    });
  }
  return look("control schema", null, "nothing was made on this machine yet", async () => null);
}

function resultOf(findings: Finding[]): CheckResult {
  const problems = findings.filter(({ status }) => status === "problem").length;
  return { outcome: problems > 0 ? "differs" : "consistent", findings, problems };
}
