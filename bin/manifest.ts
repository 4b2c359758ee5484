// What the bundle's start needs to know of all commands, so that it need not load them: oclif's manifest and the root help.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { loadSourcePlugin } from "../src/source-plugin.ts";

/** Writes package.json's part for oclif and all commands, in the order in which help lists them. */
export async function writeManifest(root: string, file: string): Promise<void> {
  const plugin = await loadSourcePlugin(root);
  const commands = Object.entries(plugin.manifest.commands)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([id, command]) => [id, { ...command, isESM: undefined, relativePath: undefined }]); // where its source lies
  await writeFile(file, JSON.stringify({ package: await readPackage(root), commands: Object.fromEntries(commands) }));
}

async function readPackage(root: string): Promise<object> {
  const { name, version, description, oclif } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return { name, version, description, type: "module", oclif: { ...oclif, helpClass: "./dist/help.cjs" } };
}

/** `tb --help` as it is without a terminal: 80 columns, no colours; `{versions}` where it names tb's version and Node's. */
export async function renderRootHelp(root: string): Promise<string> {
  const { stdout } = await execa(process.execPath, [join(root, "bin/dev.ts"), "--help"], {
    env: { FORCE_COLOR: "0", OCLIF_COLUMNS: "80" },
    stripFinalNewline: false,
  });
  const { name, version } = (await readPackage(root)) as { name: string; version: string };
  const versions = `${name}/${version} ${process.platform}-${process.arch} node-${process.version}`;
  if (!stdout.includes(versions)) throw new Error("tb --help does not name its version as expected.");
  return stdout.replace(versions, "{versions}");
}
