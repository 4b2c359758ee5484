// Check "build": Nitro makes the artefact that will be deployed.
import { ending, type Finding } from "./check.ts";
import { runNode, type Subject } from "./subject.ts";

export const ARTEFACT = ".output/server/index.mjs";
export const BUILD = ["node_modules/nitro/dist/cli/index.mjs", "build"];

export async function checkBuild(subject: Subject): Promise<Finding> {
  const result = await runNode(subject, BUILD, { env: { NO_COLOR: "1" } });
  const failures = result.exitCode === 0 ? [] : [{ message: ending("nitro build", result) }];
  return { count: null, summary: "build", failures };
}
