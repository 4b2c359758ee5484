import * as Args from "@oclif/core/args";
import { readHome } from "../../config.ts";
import { TbCommand } from "../../tb-command.ts";

export interface ChangedSetting {
  outcome: "set" | "unset" | "unchanged";
  key: string;
  /** The setting's value now; null when it is not set. */
  value: string | null;
  /** Its value before; null when it was not set. */
  previous: string | null;
  /** An environment variable that is set and goes before the setting; null when there is none. */
  overridden_by: string | null;
}

export default class ConfigSet extends TbCommand<ChangedSetting> {
  static override summary = "Change a setting.";
  static override examples = [
    "<%= config.bin %> config set user ada@example.com",
    "<%= config.bin %> config set control-schema tb_work",
    "<%= config.bin %> config set cluster-port 5433 --json",
  ];

  static override args = {
    setting: Args.string({ description: "Name of the setting; tb config list shows all.", required: true }),
    value: Args.string({ description: "Its new value.", required: true }),
  };

  async run(): Promise<ChangedSetting> {
    const { args } = await this.parse(ConfigSet);
    const { findSetting, overridingVariable, writeSetting } = await import("../../config-file.ts");
    const setting = findSetting(args.setting);
    const previous = await writeSetting(readHome(), setting, args.value);
    return {
      outcome: previous === args.value ? "unchanged" : "set",
      key: setting.key,
      value: args.value,
      previous,
      overridden_by: overridingVariable(setting),
    };
  }

  protected format({ outcome, key, value, overridden_by }: ChangedSetting): string {
    const done = outcome === "unchanged" ? `${key} was ${value} already.` : `${key} is ${value} now.`;
    return overridden_by ? `${done}\n  The environment's ${overridden_by} goes before it.` : done;
  }
}
