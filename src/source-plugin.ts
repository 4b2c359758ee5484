// tb's commands from their sources, as oclif finds them by itself: for development, and for building what the bundle starts with.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Plugin } from "@oclif/core/config";
import type { PJSON } from "@oclif/core/interfaces";

export async function loadSourcePlugin(root: string): Promise<Plugin> {
  const pjson = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as PJSON;
  const plugin = new Plugin({
    root,
    pjson,
    type: "core",
    isRoot: true,
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  });
  await plugin.load();
  return plugin;
}
