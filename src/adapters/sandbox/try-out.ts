// Trying a tier of isolation before it is chosen.
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { Config } from "../../config.ts";
import type { Command } from "../../processes/launch.ts";
import { createTextTail } from "../../processes/text-tail.ts";
import { waitForEnd } from "../../processes/wait-for-end.ts";
import type { SandboxPlace, Tier } from "./process-tier.ts";
import type { IsolationFacts } from "./sandbox.ts";
import { FIRST_UID } from "./sandbox-place.ts";

/** A tier that works and what would be better still, or (without `make`) why it does not. */
export type Found = Omit<IsolationFacts, "isolation"> & {
  make: ((config: Config) => Tier) | null;
  /** What was tried, for a process that is to use the same and need not try it again. */
  tried?: string;
};

const PROBE_TIMEOUT = 10_000;

/** The first program of that name on a search path; folders that are not absolute are passed over. */
export function programOn(path: string, name: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** What is wrong with a tier, or null: a command is run with no folder of a sandbox. */
export async function tryOut(tier: Tier, command: Command): Promise<string | null> {
  const place: SandboxPlace = {
    use: "build",
    work: "/tmp",
    home: "/tmp",
    tmp: "/tmp",
    compiled: null,
    sockets: [],
    gates: [],
    bins: [],
    reads: [],
    mark: "/probe",
    owner: process.getuid?.() === 0 ? { uid: FIRST_UID, gid: FIRST_UID } : null,
  };
  try {
    const child = await tier.start(place, command, {});
    const output = createTextTail();
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.add(String(chunk)));
    const { exitCode } = await waitForEnd(child, { timeout: PROBE_TIMEOUT, grace: 0 });
    return exitCode === 0 ? null : (output.text().trim().split("\n").at(-1) ?? `exit code ${exitCode}`);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
