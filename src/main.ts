// Hands the command line to oclif. Everything a person sees of an error passes through `report` of TbCommand.
import type { Plugin } from "@oclif/core/config";
import { execute } from "@oclif/core/execute";
import { settings } from "@oclif/core/settings";
import { packageRoot } from "./package-root.ts";
import { watchPipes } from "./ui/closed-pipe.ts";

/** `tb` alone, or with nothing but how to print, shows the overview. */
const HOW_TO_PRINT: ReadonlySet<string> = new Set(["--json", "--events", "--quiet", "-q"]);

/** Milliseconds that a command may take to end once it has answered. */
const LONGEST_END = 10_000;

/** `load`: the commands, from the bundle or from their sources. */
export async function runCommandLine(load: (root: string) => Promise<Plugin>): Promise<void> {
  watchPipes();
  settings.enableAutoTranspile = false;
  process.env.TB_DISABLE_THEME ??= "true"; // oclif would look for a file of colours that tb does not have
  const root = packageRoot();
  const plugin = await load(root);
  const args = process.argv.slice(2);
  const loadOptions = {
    root,
    pjson: plugin.pjson,
    userPlugins: false,
    devPlugins: false,
    plugins: new Map([[plugin.name, plugin]]),
  };
  try {
    await execute({ args: completed(args), loadOptions });
  } finally {
    // A command has answered: whatever it has left open must not keep its caller waiting.
    setTimeout(() => process.exit(), LONGEST_END).unref();
  }
}

function completed(args: string[]): string[] {
  if (args.every((arg) => HOW_TO_PRINT.has(arg))) return ["overview", ...args];
  return args[0] === "help" ? [...args.slice(1), "--help"] : args; // as people try it
}
