import type { Overview } from "../control/overview.ts";
import { TbCommand } from "../tb-command.ts";
import { formatOverview } from "../ui/overview.ts";

export default class OverviewCommand extends TbCommand<Overview> {
  static override summary = "Show the last project and the commands that matter; `tb` alone does the same.";
  static override hidden = true;
  static override examples = [
    "<%= config.bin %>",
    "<%= config.bin %> overview --json",
    "<%= config.bin %> overview --events",
  ];

  async run(): Promise<Overview> {
    await this.parse(OverviewCommand);
    const { lookAround } = await import("../control/overview.ts");
    return lookAround(this.tbConfig, this.adapters, { control: () => this.control(), owner: () => this.owner() });
  }

  protected format(data: Overview): string {
    return formatOverview(data);
  }
}
