// Runs the commands of the documents again and writes what they print now (npm run transcripts).
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../src/package-root.ts";
import { retellDocuments } from "./docs/transcripts.ts";

for (const [path, text] of await retellDocuments(packageRoot())) await writeFile(join(packageRoot(), path), text);
