import * as Args from "@oclif/core/args";
import { readHome } from "../../config.ts";
import { TbCommand } from "../../tb-command.ts";
import { prose } from "../../ui/layout.ts";
import type { ChangedSetting } from "./set.ts";

export default class ConfigUnset extends TbCommand<ChangedSetting> {
  static override summary = "Remove a setting, so that its default holds again.";
  static override examples = [
    "<%= config.bin %> config unset user",
    "<%= config.bin %> config unset cluster-host",
    "<%= config.bin %> config unset control-schema --json",
  ];

  static override args = { setting: Args.string({ description: "Name of the setting.", required: true }) };

  async run(): Promise<ChangedSetting> {
    const { args } = await this.parse(ConfigUnset);
    const { findSetting, overridingVariable, writeSetting } = await import("../../config-file.ts");
    const setting = findSetting(args.setting);
    const previous = await writeSetting(readHome(), setting, null);
    return {
      outcome: previous === null ? "unchanged" : "unset",
      key: setting.key,
      value: null,
      previous,
      overridden_by: overridingVariable(setting),
    };
  }

  protected format({ outcome, key, previous }: ChangedSetting): string {
    return prose(outcome === "unchanged" ? `${key} was not set.` : `${key} is not set any more; it was ${previous}.`);
  }
}
