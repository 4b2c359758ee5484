// The licences of the packages whose code is in the bundle, as they ask for.
import { existsSync, globSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** `modules`: ids of the bundled modules. Throws when a package names no licence or comes without its text. */
export async function collectLicences(modules: string[], file: string): Promise<void> {
  const folders = new Set(modules.map(packageFolder).filter((folder) => folder !== null));
  const parts = new Set<string>(); // npm may have installed a package in several places
  for (const folder of [...folders].toSorted()) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    if (!license) throw new Error(`${name} names no licence, so it cannot be bundled.`);
    const text = await licenceText(folder);
    if (!text) throw new Error(`${name} comes without the text of its licence, so it cannot be bundled.`);
    parts.add(`${name} ${version} (${license})\n\n${text}`);
  }
  await writeFile(file, `${[...parts].join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}

/** From a file of its own, else the readme's section about it; empty when there is neither. */
async function licenceText(folder: string): Promise<string> {
  const [file] = globSync("{LICENSE,LICENCE,License,license}*", { cwd: folder });
  if (file) return (await readFile(join(folder, file), "utf8")).trim();
  const [readme] = globSync("{README,Readme,readme}*", { cwd: folder });
  const text = readme ? await readFile(join(folder, readme), "utf8") : "";
  return /^#+ licen[sc]e\s*$(.*?)(?=^#|$(?![\s\S]))/ims.exec(text)?.[1]?.trim() ?? "";
}

/** The folder of the package in node_modules that a module belongs to; null for tb's own modules. */
function packageFolder(id: string): string | null {
  if (!id.includes("/node_modules/") || id.startsWith("\0")) return null;
  let folder = dirname(id.replace(/\?.*$/, ""));
  while (!existsSync(join(folder, "package.json")) || !isPackage(folder)) folder = dirname(folder);
  return folder;
}

/** A package.json deeper inside a package may just say "type". */
function isPackage(folder: string): boolean {
  return /\/node_modules\/(@[^/]+\/)?[^/]+$/.test(folder);
}
