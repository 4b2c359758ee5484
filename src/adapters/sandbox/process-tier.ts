// How a command of a sandbox is started: the one place that differs between tiers of isolation.
import { delimiter } from "node:path";
import { cleanEnvironment, untrustedNpmSettings } from "../../processes/clean-environment.ts";
import { launch, type Command, type LaunchedProcess, type ProcessUser } from "../../processes/launch.ts";
import type { Isolation } from "./sandbox.ts";

/** The folders of one sandbox. */
export interface SandboxPlace {
  /** "build": `work` is a working tree that commands change. "serve": it is a finished build that is only run. */
  readonly use: "build" | "serve";
  readonly work: string;
  readonly home: string;
  readonly tmp: string;
  /** What Node has compiled of its packages, beside `work` and to be read only; it need not be there. null = it never is. */
  readonly compiled: string | null;
  /** Where its servers listen: one folder, or none. */
  readonly sockets: readonly string[];
  /** Where tb listens for it (the gates to databases and the registry); it cannot change this one. */
  readonly gates: readonly string[];
  /** Folders that are searched for programs before all others. */
  readonly bins: readonly string[];
  /** More that can be read, at the paths that it has on this machine. */
  readonly reads: readonly string[];
  /** Marks its processes. */
  readonly mark: string;
  /** Who its commands run as and its folders belong to; null = whoever runs tb. */
  readonly owner: ProcessUser | null;
}

export interface Tier {
  readonly isolation: Isolation;
  start(place: SandboxPlace, command: Command, env: Readonly<Record<string, string>>): Promise<LaunchedProcess>;
}

/** Plain processes: scrubbed environment, own HOME, limits, group kill. Keeps accidents in, not an attacker: what runs
 * here has the rights of the user. */
export function createProcessTier(passthrough: Readonly<Record<string, string>>): Tier {
  return {
    isolation: "process",
    start(place, command, env) {
      const own = place.use === "build" ? buildEnvironment(passthrough, place) : serveEnvironment(passthrough, place);
      return launch(command, { cwd: place.work, env: { ...own, ...env }, mark: place.mark });
    },
  };
}

function buildEnvironment(passthrough: Readonly<Record<string, string>>, { work, home, tmp, bins }: SandboxPlace) {
  const clean = cleanEnvironment(passthrough, { home, tmp, bin: `${work}/node_modules/.bin` });
  return {
    ...clean,
    PATH: [...bins, clean.PATH].join(delimiter),
    ...untrustedNpmSettings(home),
    // Node keeps what it compiled, types stripped, for the next command of this sandbox, and for no other one's.
    NODE_COMPILE_CACHE: `${tmp}/node-compile-cache`,
  };
}

function serveEnvironment(passthrough: Readonly<Record<string, string>>, { home, tmp }: SandboxPlace) {
  const { CI: _, ...clean } = cleanEnvironment(passthrough, { home, tmp });
  return clean;
}
