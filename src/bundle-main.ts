// Entry of the bundle.
import { BundledPlugin } from "./bundled-plugin.ts";
import { runCommandLine } from "./main.ts";

void runCommandLine(async (root) => {
  const plugin = new BundledPlugin({ root, isRoot: true });
  await plugin.load();
  return plugin;
});
