// Tries every command in every circumstance and writes docs/outcomes.md (npm run outcomes).
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OUTCOMES_PAGE, renderOutcomes } from "../bin/docs/outcomes-page.ts";
import { packageRoot } from "../src/package-root.ts";
import { tryEverything } from "../test/helpers/outcomes.ts";

const [cache] = process.argv.slice(2);
const circumstances = await tryEverything({ brief: false, ...(cache && { cache }) });
await writeFile(join(packageRoot(), OUTCOMES_PAGE), renderOutcomes(circumstances));
