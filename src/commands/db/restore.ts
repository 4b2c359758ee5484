import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { ControlRestored } from "../../control/restore-state.ts";
import { TbError, type ErrorCode } from "../../errors.ts";
import type { RestoreResult } from "../../pipeline/phases/record-restore.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatRestored } from "../../ui/backups.ts";

export default class DbRestore extends TbCommand<RestoreResult | ControlRestored> {
  static override summary = "Put a backup in the place of a project's database.";
  static override description =
    "The backup is built into a new database beside the present one and compared row by row; the present one is backed up; then the two change places in one step, and the deployed backend goes on with the restored one. Migrations that are newer than the backup are applied to it. Interrupted at any moment, nothing is lost: tb resume continues, tb cancel puts everything back.";
  static override examples = [
    "<%= config.bin %> db restore todo-api latest --confirm todo-api",
    "<%= config.bin %> db restore todo-api 20261119-140233 --confirm todo-api --keep-old",
    "<%= config.bin %> db restore control /mnt/backups/control-20261119-140233-x7k2 --confirm control",
  ];
  static override exitCodes: readonly ErrorCode[] = ["conflict", "approval_required"];

  static override args = {
    project: Args.string({ description: "Name or id of the project; control means tb's own state.", required: true }),
    backup: Args.string({
      description: "Id of the backup or the beginning of it, its folder, or latest.",
      required: true,
    }),
  };

  static override flags = {
    confirm: Flags.string({ description: "The project's name, to show that you mean it.", helpValue: "NAME" }),
    "keep-old": Flags.boolean({
      description: "Keep what is replaced as a database of its own instead of backing it up.",
    }),
  };

  async run(): Promise<RestoreResult | ControlRestored> {
    const { args, flags } = await this.parse(DbRestore);
    const { home } = this.tbConfig;
    if (args.project === "control") {
      if (flags["keep-old"]) throw new TbError("usage", "--keep-old is only for databases of projects.");
      requireConfirmation(flags.confirm, "control", "tb's own state", args);
      const { restoreState } = await import("../../control/restore-state.ts");
      this.progress("Restoring tb's own state …");
      return restoreState(await this.control(), home, args.backup);
    }
    const { findProject } = await import("../../control/projects.ts");
    const { startRestore } = await import("../../pipeline/start-restore.ts");
    const [control, ownerId] = [await this.control(), await this.owner()];
    const project = await findProject(control, ownerId, args.project);
    requireConfirmation(flags.confirm, project.name, `the database of ${project.name}`, args);
    return startRestore(this.runner(), control, {
      home,
      ownerId,
      project,
      backup: args.backup,
      keepOld: flags["keep-old"],
    });
  }

  protected format(data: RestoreResult | ControlRestored): string {
    return formatRestored(data);
  }
}

function requireConfirmation(
  given: string | undefined,
  name: string,
  what: string,
  args: { project: string; backup: string },
): void {
  if (given === name) return;
  throw new TbError("approval_required", `This would replace ${what} by backup ${args.backup}.`, {
    suggestion: `tb db restore ${args.project} ${args.backup} --confirm ${name}`,
  });
}
