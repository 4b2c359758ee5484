// What `tb dev` tells while it runs.

/** One line of `tb dev --json`. */
export type DevItem = DevReady | DevReload | DevMigration | DevLog;

export interface DevReady {
  type: "ready";
  /** Where the backend is served. */
  url: string;
  /** Whether the code could be built; false while a file has an error in it. */
  ok: boolean;
  /** The project. */
  project: { id: string; name: string };
  /** The working copy. */
  folder: string;
  /** The development database; null for a project without one. */
  database: string | null;
}

export interface DevReload {
  type: "reload";
  /** Whether the changed code could be built; if not, the log says why. */
  ok: boolean;
  /** How long the build took; null when it failed. */
  build_ms: number | null;
}

export interface DevMigration {
  type: "migration";
  /** Whether the database is what the migrations say. */
  ok: boolean;
  /** The migrations that were applied now. */
  applied: string[];
  /** Why the next one was not; null when all were. */
  error: string | null;
}

export interface DevLog {
  type: "log";
  /** Where the development server has printed it. */
  stream: "stdout" | "stderr";
  /** Without control characters. */
  line: string;
}
