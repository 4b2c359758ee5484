// The end of a deployment's log.
import { open } from "node:fs/promises";
import type { DeployTarget } from "../adapters/deploy-target/deploy-target.ts";
import { TbError } from "../errors.ts";
import type { ProjectRow } from "./projects.ts";

/** Enough for the lines that are asked for, and bounded whatever they hold. */
const BYTES_PER_LINE = 400;

/** The last `count` lines. Throws TbError "not_found" when the project was never deployed. */
export async function readLog(
  target: DeployTarget,
  project: ProjectRow,
  { lines: count, deployment }: { lines: number; deployment?: string | undefined },
): Promise<{ file: string; lines: string[] }> {
  if (!project.deployment_config.url) {
    throw new TbError("not_found", `${project.name} is not deployed, so there is no log.`, {
      suggestion: `tb deploy ${project.name}`,
    });
  }
  const file = await target.logFile(project.project_id, deployment);
  const handle = await openLog(file, project);
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, count * BYTES_PER_LINE);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString("utf8").split("\n");
    if (length < size) lines.shift(); // most likely the second half of a line
    if (lines.at(-1) === "") lines.pop();
    return { file, lines: lines.slice(-count) };
  } finally {
    await handle.close();
  }
}

async function openLog(file: string, project: ProjectRow) {
  try {
    return await open(file, "r");
  } catch (error) {
    throw new TbError("not_found", `The log of ${project.name} is gone: ${(error as Error).message}`, {
      suggestion: `tb deploy ${project.name}`,
      cause: error,
    });
  }
}
