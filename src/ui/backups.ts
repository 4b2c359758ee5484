// Texts of `tb db backup` and `tb db restore`.
import type { BackupSummary } from "../backup/backup-summary.ts";
import type { ListedBackups } from "../backup/list-backups.ts";
import type { ControlRestored } from "../control/restore-state.ts";
import type { BackupResult } from "../pipeline/phases/back-up.ts";
import type { RestoreResult } from "../pipeline/phases/record-restore.ts";
import { countOf } from "./count.ts";
import { formatBytes } from "./bytes.ts";
import { formatTime } from "./output.ts";
import { fitTable } from "./layout.ts";

export function formatBackedUp({ backups, failed }: BackupResult): string {
  if (backups.length === 0) {
    return failed.length > 0 ? "" : "No project has a database yet, so there is nothing to back up.";
  }
  const [first] = backups;
  const name = first!.project?.name ?? "control";
  return [
    fitTable(backups.map(row)),
    "",
    ...backups.map(({ path }) => `  ${path}`),
    "",
    `  → tb db restore ${name} ${first!.id} --confirm ${name}`,
  ].join("\n");
}

export function formatBackups({ backups, broken, folder }: ListedBackups): string {
  if (backups.length === 0 && broken.length === 0) return "There are no backups yet.\n  → tb db backup";
  return [
    ...(backups.length > 0 ? [fitTable(backups.map(row)), `  in ${folder}`] : []),
    ...broken.map(({ reason }) => `  ✖ ${reason}`),
  ].join("\n");
}

function row({ id, project, created_at, tables, rows, bytes }: BackupSummary): string[] {
  return [
    project?.name ?? "control",
    id,
    formatTime(Date.parse(created_at) / 1000),
    countOf(tables, "table"),
    countOf(rows, "row"),
    formatBytes(bytes),
  ];
}

export function formatRestored(data: RestoreResult | ControlRestored): string {
  const what = data.outcome === "restored" ? `the database of ${data.project.name}` : "tb's own state";
  const lines = [`Restored ${what}: ${countOf(data.tables, "table")}, ${countOf(data.rows, "row")}.`, ""];
  const rows = [["Backup", data.backup.id]];
  if (data.migrations_applied.length > 0) rows.push(["Applied", data.migrations_applied.join(", ")]);
  if (data.safety_backup) rows.push(["Before", `${data.safety_backup.id} (a backup of what was replaced)`]);
  if (data.outcome === "restored" && data.kept_database) rows.push(["Kept", data.kept_database]);
  if (data.outcome === "restored" && data.serving) rows.push(["Serving", "the backend answers from it"]);
  lines.push(fitTable(rows), "");
  if (data.outcome === "state_restored") lines.push("  → tb db check      compares it with what is really there");
  else if (data.safety_backup) {
    lines.push(
      `  → tb db restore ${data.project.name} ${data.safety_backup.id} --confirm ${data.project.name}      back`,
    );
  }
  return lines.join("\n").trimEnd();
}
