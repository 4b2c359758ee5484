import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { ListedBackups } from "../../backup/list-backups.ts";
import type { ErrorCode } from "../../errors.ts";
import { backupFailure } from "../../pipeline/backup-failure.ts";
import type { BackupResult } from "../../pipeline/phases/back-up.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatBackedUp, formatBackups } from "../../ui/backups.ts";

export default class DbBackup extends TbCommand<BackupResult | ListedBackups> {
  static override summary = "Back up a project's database, or all of them and tb's own state.";
  static override description =
    "A backup is a folder: the migrations that made the database, and the rows of every table as of one moment. Deployed backends go on working meanwhile. Before it is written, the migrations are replayed and compared, so that what is there can be restored.";
  static override examples = [
    "<%= config.bin %> db backup todo-api",
    "<%= config.bin %> db backup --out /mnt/backups",
    "<%= config.bin %> db backup --list",
  ];
  static override exitCodes: readonly ErrorCode[] = ["conflict"];

  static override args = {
    what: Args.string({ description: "Name or id of a project, or control (tb's own state); all of them by default." }),
  };

  static override flags = {
    out: Flags.string({ description: "Write below this folder instead of tb's own.", helpValue: "DIR" }),
    list: Flags.boolean({ description: "List the backups that are there, newest first.", exclusive: ["out"] }),
  };

  async run(): Promise<BackupResult | ListedBackups> {
    const { args, flags } = await this.parse(DbBackup);
    if (flags.list) {
      const { listBackupsOf } = await import("../../backup/list-backups.ts");
      return listBackupsOf(this.tbConfig.home, args.what ?? null);
    }
    const { startBackup } = await import("../../pipeline/start-backup.ts");
    const result = await startBackup(this.runner(), await this.control(), {
      home: this.tbConfig.home,
      ownerId: await this.owner(),
      what: args.what ?? null,
      out: flags.out ?? null,
    });
    const failure = backupFailure(result);
    if (failure) this.conclude(failure);
    return result;
  }

  protected format(data: BackupResult | ListedBackups): string {
    return data.outcome === "listed" ? formatBackups(data) : formatBackedUp(data);
  }
}
