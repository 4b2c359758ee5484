import * as Args from "@oclif/core/args";
import { readHome } from "../../config.ts";
import { readSettings } from "../../settings.ts";
import { showSetting, type ShownSetting } from "../../shown-settings.ts";
import { TbCommand } from "../../tb-command.ts";

export default class ConfigGet extends TbCommand<ShownSetting> {
  static override summary = "Print the value of a setting that holds; nothing when it is the default.";
  static override examples = [
    "<%= config.bin %> config get user",
    "<%= config.bin %> config get control-schema",
    "<%= config.bin %> config get cluster-host --json",
  ];

  static override args = { setting: Args.string({ description: "Name of the setting.", required: true }) };

  async run(): Promise<ShownSetting> {
    const { args } = await this.parse(ConfigGet);
    const { findSetting } = await import("../../config-file.ts");
    return showSetting(findSetting(args.setting), readSettings(readHome()).settings);
  }

  protected format({ value }: ShownSetting): string {
    return value ?? "";
  }
}
