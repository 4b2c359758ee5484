// Hands the command line to oclif. Everything a person sees of an error passes through `report`.
import { fileURLToPath } from "node:url";
import { execute } from "@oclif/core/execute";
import { settings } from "@oclif/core/settings";
import { watchPipes } from "./ui/closed-pipe.ts";

export async function main(): Promise<void> {
  watchPipes();
  settings.enableAutoTranspile = false;
  const root = fileURLToPath(new URL("..", import.meta.url));
  await execute({ loadOptions: { root, userPlugins: false, devPlugins: false } });
}
