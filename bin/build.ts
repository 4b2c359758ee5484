// Builds dist/: one bundle with an entry for each command, oclif's manifest, and the text of `tb --help` (perf.md's recipe).
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { globSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown, type OutputChunk } from "rolldown";
import { bundleOptions, outputOptions } from "./bundle-options.ts";
import { renderRootHelp, writeManifest } from "./manifest.ts";
import { collectLicences } from "./licences.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const fresh = join(root, `dist-${process.pid}`);

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh);
try {
  const bundle = await rolldown(bundleOptions(root, entries()));
  const { output } = await bundle.write({ ...outputOptions, dir: fresh });
  await bundle.close();
  await collectLicences(modulesOf(output.filter((file) => file.type === "chunk")), join(fresh, "licences.txt"));
  await writeManifest(root, join(fresh, "manifest.json"));
  await writeFile(join(fresh, "help.txt"), await renderRootHelp(root));
  await replace(join(root, "dist"), fresh);
} finally {
  await rm(fresh, { recursive: true, force: true });
}

/** `command-db-start` for src/commands/db/start.ts, and what else is started as a program of its own. */
function entries(): Record<string, string> {
  const commands = globSync("src/commands/**/*.ts", { cwd: root }).map((file) => {
    const id = relative("src/commands", file).replace(/\.ts$/, "").split(sep).join("-");
    return [`command-${id}`, join(root, file)] as const;
  });
  return {
    main: join(root, "src/bundle-main.ts"),
    supervisor: join(root, "src/adapters/deploy-target/supervisor.ts"),
    "command-not-found": join(root, "src/hooks/command-not-found.ts"),
    help: join(root, "src/ui/help.ts"),
    ...Object.fromEntries(commands),
  };
}

function modulesOf(chunks: OutputChunk[]): string[] {
  return [...new Set(chunks.flatMap((chunk) => chunk.moduleIds))];
}

/** Puts the new folder in the place of the old one, so that a tb that is started meanwhile finds a whole one. */
async function replace(target: string, replacement: string): Promise<void> {
  const old = `${target}-${process.pid}-old`;
  await rename(target, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(replacement, target);
  await rm(old, { recursive: true, force: true });
}
