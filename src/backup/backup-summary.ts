import { folderSize } from "../processes/folders.ts";
import { readManifest, type BackupManifest } from "./manifest.ts";
import type { StoredBackup } from "./places.ts";

/** A backup as commands tell it. */
export interface BackupSummary {
  id: string;
  /** `control` is tb's own state. */
  kind: "project" | "control";
  project: { id: string; name: string } | null;
  /** Its folder. */
  path: string;
  created_at: string;
  tables: number;
  rows: number;
  /** Of all its files on disk, compressed. */
  bytes: number;
  /** The newest migration that was applied when it was made. */
  migration: string | null;
}

export async function summarizeBackup(folder: string): Promise<BackupSummary> {
  return summarize({ folder, manifest: await readManifest(folder), bytes: await folderSize(folder) });
}

export function summarize({ folder, manifest, bytes }: StoredBackup): BackupSummary {
  const { id, kind, project, created_at, migrations } = manifest;
  return {
    id,
    kind,
    project,
    path: folder,
    created_at,
    ...countRows(manifest),
    bytes,
    migration: migrations.at(-1)?.name ?? null,
  };
}

/** Without the table in which the migrations are noted. */
export function countRows({ tables }: Pick<BackupManifest, "tables">): { tables: number; rows: number } {
  const own = tables.filter(({ name }) => name !== "schema_migrations");
  return { tables: own.length, rows: own.reduce((sum, { rows }) => sum + rows, 0) };
}
