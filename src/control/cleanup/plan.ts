// What `tb cleanup` would do: found without changing anything, each with the work that does it.
import type { Adapters } from "../../adapters/index.ts";
import type { Control } from "../control.ts";

export type CleanupKind =
  | "project"
  | "database"
  | "roles"
  | "database switch"
  | "sandbox"
  | "repository"
  | "git directory"
  | "snapshots"
  | "deployment"
  | "temporary files"
  | "build"
  | "dependencies"
  | "snapshot"
  | "backup";

/** Something that can go, or can be put away. */
export interface Candidate {
  kind: CleanupKind;
  name: string;
  /** Id of the project that it belonged to; null when it belongs to none. */
  project: string | null;
  action: "remove" | "archive";
  /** Why it can go, as the end of a sentence: "its run run_x has failed". */
  reason: string;
  /** null when it is not known beforehand. */
  bytes: number | null;
  /** Looks once more whether it may go, and does it. */
  act: () => Promise<Done>;
}

/** `in_use`: somebody has begun to use it since it was found. `bytes` when only doing it told. */
export type Done = { outcome: "done"; bytes?: number } | { outcome: "in_use" };

export const DONE: Done = { outcome: "done" };
export const IN_USE: Done = { outcome: "in_use" };

/** Something that looks like tb's and that this state does not know: told, never touched. */
export interface Unknown {
  kind: CleanupKind;
  name: string;
  reason: string;
}

export interface Found {
  candidates: Candidate[];
  unknown: Unknown[];
}

export interface CleanupScope {
  control: Control;
  adapters: Adapters;
  home: string;
  /** What is unused, or unknown, for longer than this may go. */
  before: Date;
  /** How many earlier builds, snapshots and backups of a project stay as they are. */
  keep: number;
}
