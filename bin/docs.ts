// Writes the pages of docs/commands and the schemas of docs/schemas anew (npm run docs).
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GENERATED_FOLDERS, generateDocs } from "./docs/generate.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = await generateDocs(root);
for (const folder of GENERATED_FOLDERS) await rm(join(root, folder), { recursive: true, force: true });
for (const [path, text] of files) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
console.log(`${files.size} files written.`);
