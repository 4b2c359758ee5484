import * as Args from "@oclif/core/args";
import type { StatsResult } from "../../control/database-stats.ts";
import type { ErrorCode } from "../../errors.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatStats } from "../../ui/database-stats.ts";

export default class DbStats extends TbCommand<StatsResult> {
  static override summary = "Show what the database servers and the projects' databases are doing.";
  static override description =
    "Sizes, connections, cache, transactions, statements that take long, tables with their rows, and what has failed lately. Starts nothing: a server that does not run is shown as stopped.";
  static override examples = [
    "<%= config.bin %> db stats",
    "<%= config.bin %> db stats todo-api",
    "<%= config.bin %> db stats --json",
  ];
  static override exitCodes: readonly ErrorCode[] = ["authentication"];

  static override args = {
    project: Args.string({ description: "Only this project, by name or id; all of them by default." }),
  };

  async run(): Promise<StatsResult> {
    const { args } = await this.parse(DbStats);
    const { databaseStats } = await import("../../control/database-stats.ts");
    return databaseStats({
      config: this.tbConfig,
      adapters: this.adapters,
      owner: () => this.owner(),
      project: args.project ?? null,
    });
  }

  protected format(data: StatsResult): string {
    return formatStats(data);
  }
}
