import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { rolldown, type OutputChunk } from "rolldown";
import { bundleEntries, bundleOptions, outputOptions, seldomEntries } from "./bundle-options.ts";
import { collectLicences } from "./licences.ts";
import { renderRootHelp, writeManifest } from "./manifest.ts";

/** Builds everything that `bin/run.cjs` needs into a new folder, and returns what is in each file of code. */
export async function buildBundle(root: string, folder: string): Promise<OutputChunk[]> {
  await mkdir(folder);
  const chunks = await write(root, bundleEntries(root), folder);
  for (const [name, file] of Object.entries(seldomEntries(root))) {
    chunks.push(...(await write(root, { [name]: file }, folder)));
  }
  // The parser of SQL looks for its code beside the file that loads it.
  const parser = createRequire(join(root, "package.json")).resolve("libpg-query");
  await copyFile(join(dirname(parser), "libpg-query.wasm"), join(folder, "libpg-query.wasm"));
  const modules = new Set(chunks.flatMap((chunk) => chunk.moduleIds));
  await collectLicences([...modules], join(folder, "licences.txt"));
  await writeManifest(root, join(folder, "manifest.json"));
  await writeFile(join(folder, "help.txt"), await renderRootHelp(root));
  return chunks;
}

async function write(root: string, entries: Record<string, string>, folder: string): Promise<OutputChunk[]> {
  const bundle = await rolldown(bundleOptions(root, entries));
  const { output } = await bundle.write({ ...outputOptions, dir: folder });
  await bundle.close();
  return output.filter((file) => file.type === "chunk");
}
