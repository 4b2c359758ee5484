// The sandbox's tiers of isolation, for tests that must hold in each of them.
import { readdirSync, readFileSync } from "node:fs";
import { createProcessTier } from "../../src/adapters/sandbox/process-tier.ts";
import { sandboxFolders } from "../../src/adapters/sandbox/sandbox-place.ts";
import { selectTier, type SelectedTier } from "../../src/adapters/sandbox/select-tier.ts";
import { readConfig, type Config } from "../../src/config.ts";

type Select = (config: Config) => Promise<SelectedTier>;

/** As on a machine without bubblewrap. */
export async function plainTier(config: Config): Promise<SelectedTier> {
  const facts = { isolation: "process", reason: "the test asks for it", improvement: null } as const;
  return { tier: createProcessTier(config.passthrough), facts };
}

let works: boolean | undefined;

/** Whether bubblewrap works here. */
export async function bubblewrapWorks(): Promise<boolean> {
  works ??= (await selectTier(readConfig())).facts.isolation === "bubblewrap";
  return works;
}

/** Name, how it is selected, and whether it works here. */
export const TIERS: readonly [name: string, select: Select, works: boolean][] = [
  ["process", plainTier, true],
  ["bubblewrap", selectTier, await bubblewrapWorks()],
];

/** Where the sandboxes of this home lie. */
export async function sandboxFolder(home: string): Promise<string> {
  const folders = await sandboxFolders({ home });
  return (await bubblewrapWorks()) ? folders.at(-1)! : folders[0]!;
}

/** Pids, as the sandbox counts them, of the processes that run in the sandbox at this root. */
export function processesOf(root: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const environment = read(`/proc/${name}/environ`);
      if (!environment.includes(`TB_PROCESS_OF=${root}:`)) return [];
      const status = read(`/proc/${name}/status`);
      return /^State:\s+[ZX]/m.test(status) ? [] : [Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1])];
    });
}

/** This machine's pid of a process that counts itself differently in its namespace; `mark` is its variable TB_PROCESS_OF. */
export function hostPid(mark: string, pid: number): number {
  if (process.platform !== "linux") return pid;
  const found = readdirSync("/proc").find(
    (name) =>
      /^\d+$/.test(name) &&
      read(`/proc/${name}/environ`).includes(`TB_PROCESS_OF=${mark}\0`) &&
      Number(/^NSpid:.*?(\d+)$/m.exec(read(`/proc/${name}/status`))?.[1]) === pid,
  );
  if (found === undefined) throw new Error(`No process of ${mark} counts as ${pid}.`);
  return Number(found);
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // it has ended
  }
}
