// Hands the command line to oclif. Everything a person sees of an error passes through `report` of TbCommand.
import type { Plugin } from "@oclif/core/config";
import { execute } from "@oclif/core/execute";
import { settings } from "@oclif/core/settings";
import { packageRoot } from "./package-root.ts";
import { watchPipes } from "./ui/closed-pipe.ts";

/** What `tb` without anything else runs. */
const ALONE = ["overview"];

/** `load`: the commands, from the bundle or from their sources. */
export async function runCommandLine(load: (root: string) => Promise<Plugin>): Promise<void> {
  watchPipes();
  settings.enableAutoTranspile = false;
  process.env.TB_DISABLE_THEME ??= "true"; // oclif would look for a file of colours that tb does not have
  const root = packageRoot();
  const plugin = await load(root);
  const args = process.argv.slice(2);
  await execute({
    args: args.length > 0 ? args : ALONE,
    loadOptions: {
      root,
      pjson: plugin.pjson,
      userPlugins: false,
      devPlugins: false,
      plugins: new Map([[plugin.name, plugin]]),
    },
  });
}
