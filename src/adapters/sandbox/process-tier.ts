// How a command of a sandbox is started: the one place that differs between tiers of isolation.
import { cleanEnvironment, untrustedNpmSettings } from "../../processes/clean-environment.ts";
import { killPlace, launch, type Command, type LaunchedProcess, type ProcessUser } from "../../processes/launch.ts";
import type { Isolation } from "./sandbox.ts";

/** The folders of one sandbox. */
export interface SandboxPlace {
  readonly work: string;
  readonly home: string;
  readonly tmp: string;
  /** What Node has compiled of its packages, beside `work` and to be read only; it need not be there. */
  readonly compiled: string;
  /** Where its servers listen: one folder, or none. */
  readonly sockets: readonly string[];
  /** Where tb listens for it (the database gate); it cannot change this one. */
  readonly gates: readonly string[];
  /** Marks its processes. */
  readonly mark: string;
  /** Who its commands run as and its folders belong to; null = whoever runs tb. */
  readonly owner: ProcessUser | null;
}

export interface Tier {
  readonly isolation: Isolation;
  start(place: SandboxPlace, command: Command, env: Readonly<Record<string, string>>): Promise<LaunchedProcess>;
  /** Kills what still runs in the place, whoever started it. */
  killAll(place: SandboxPlace): void;
}

/** Plain processes: scrubbed environment, own HOME, limits, group kill. Keeps accidents in, not an attacker: what runs
 * here has the rights of the user. */
export function createProcessTier(passthrough: Readonly<Record<string, string>>): Tier {
  return {
    isolation: "process",
    start({ work, home, tmp, mark }, command, env) {
      const clean = cleanEnvironment(passthrough, { home, tmp, bin: `${work}/node_modules/.bin` });
      // Node keeps what it compiled, types stripped, for the next command of this sandbox, and for no other one's.
      const cache = { NODE_COMPILE_CACHE: `${tmp}/node-compile-cache` };
      return launch(command, { cwd: work, env: { ...clean, ...untrustedNpmSettings(home), ...cache, ...env }, mark });
    },
    killAll({ mark }) {
      killPlace(mark);
    },
  };
}
