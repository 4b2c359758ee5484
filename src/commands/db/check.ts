import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { CheckResult } from "../../control/database-check.ts";
import { TbError, type ErrorCode } from "../../errors.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatCheck } from "../../ui/database-check.ts";

export default class DbCheck extends TbCommand<CheckResult> {
  static override summary = "Compare what tb has written down with what is really there.";
  static override description =
    "Looks at tb's own state, and at each project's database, roles, migrations, repository, snapshots and deployment. Changes nothing; says for each difference what mends it.";
  static override examples = [
    "<%= config.bin %> db check",
    "<%= config.bin %> db check todo-api",
    "<%= config.bin %> db check todo-api --repair",
  ];
  static override exitCodes: readonly ErrorCode[] = ["conflict"];

  static override args = {
    project: Args.string({ description: "Only this project, by name or id; everything by default." }),
  };

  static override flags = {
    repair: Flags.boolean({
      description: "Give database roles back their rights and passwords, where they lack them.",
    }),
  };

  async run(): Promise<CheckResult> {
    const { args, flags } = await this.parse(DbCheck);
    const { checkDatabases } = await import("../../control/database-check.ts");
    const result = await checkDatabases({
      config: this.tbConfig,
      adapters: this.adapters,
      owner: () => this.owner(),
      project: args.project ?? null,
      repair: flags.repair,
    });
    if (result.problems > 0) this.conclude(differs(result));
    return result;
  }

  protected format(data: CheckResult): string {
    return formatCheck(data);
  }
}

function differs({ problems, findings }: CheckResult): TbError {
  const fixes = findings.flatMap(({ fix }) => fix?.split("\n") ?? []);
  return new TbError("conflict", `${problems} of ${findings.length} checks found a difference.`, {
    suggestion: [...new Set(fixes)].slice(0, 8).join("\n"),
  });
}
