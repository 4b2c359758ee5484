// The backups in tb's home, read from their own folders: works also when no database does.
import { TbError } from "../errors.ts";
import { nearest } from "../ui/nearest.ts";
import { summarize, type BackupSummary } from "./backup-summary.ts";
import { backupRoot, CONTROL, listBackups } from "./places.ts";

/** The data of `tb db backup --list`. */
export interface ListedBackups {
  outcome: "listed";
  /** The folder that they are in. */
  folder: string;
  /** Newest first. */
  backups: BackupSummary[];
  /** Folders among them that hold no whole backup. */
  broken: { path: string; reason: string }[];
}

/** @param what name or id of a project as its backups know it, CONTROL, or null for all.
 * Throws TbError "not_found" when no backup is of that project. */
export async function listBackupsOf(home: string, what: string | null): Promise<ListedBackups> {
  const root = backupRoot(home);
  const found = await listBackups(root);
  const backups = found.backups.map(summarize).filter((backup) => what === null || isOf(backup, what));
  if (what !== null && backups.length === 0) throw noBackup(what, found.backups.map(summarize));
  const broken = found.broken.map(({ folder, reason }) => ({ path: folder, reason }));
  return { outcome: "listed", folder: root, backups, broken: what === null ? broken : [] };
}

function isOf({ kind, project }: BackupSummary, what: string): boolean {
  if (kind === "control" || project === null) return what === CONTROL;
  const { id, name } = project;
  return name.toLowerCase() === what.toLowerCase() || id.startsWith(what) || id.startsWith(`prj_${what}`);
}

function noBackup(what: string, all: BackupSummary[]): TbError {
  const names = [...new Set(all.map(({ project }) => project?.name ?? CONTROL))];
  const guess = nearest(what, names);
  return new TbError("not_found", `There is no backup of "${what}".${guess ? ` Did you mean "${guess}"?` : ""}`, {
    suggestion: names.length > 0 ? "tb db backup --list" : "tb db backup",
  });
}
