import { readHome } from "../../config.ts";
import { readSettings, settingsPath } from "../../settings.ts";
import { showSettings, type ShownSetting } from "../../shown-settings.ts";
import { TbCommand } from "../../tb-command.ts";
import { width, wrap } from "../../ui/output.ts";

export interface ListedSettings {
  /** The settings file; it need not exist. */
  file: string;
  settings: ShownSetting[];
  /** What is wrong in the file; a setting that is wrong has no effect on this list. */
  problems: string[];
}

export default class ConfigList extends TbCommand<ListedSettings> {
  static override summary = "List all settings: the value that holds, and where it comes from.";
  static override description = "The environment goes before the settings, the settings before the defaults.";
  static override examples = [
    "<%= config.bin %> config list",
    "<%= config.bin %> config list --json",
    "PG_DB_SCHEMA=tb_ci <%= config.bin %> config list",
  ];

  async run(): Promise<ListedSettings> {
    await this.parse(ConfigList);
    const home = readHome();
    const { settings, problems } = readSettings(home);
    return { file: settingsPath(home), settings: showSettings(settings), problems };
  }

  protected format({ file, settings, problems }: ListedSettings): string {
    const blocks = settings.map(({ key, value, source, variable, description }) => {
      const from = source === "environment" ? `  (from ${variable})` : "";
      const about = wrap(description, width() - 6).map((line) => `    ${line}`);
      return [`  ${key}  ${value ?? "-"}${from}`, ...about].join("\n");
    });
    const wrong = problems.map((problem) => `  ✖ ${problem}`);
    return [...blocks, ...wrong, `  Kept in ${file}`].join("\n");
  }
}
