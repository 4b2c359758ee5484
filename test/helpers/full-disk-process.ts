// Tries the commands of the table of outcomes on a disk that has filled up after a project was made. Runs in a mount
// namespace of its own (unshare --mount), where tb's folders are on a file system in memory that is shrunk to what is used.
// Arguments: an empty folder, the places of the rows to try, the cache of prepared dependencies or nothing. Writes the
// outcomes as JSON.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import { ROWS } from "./outcome-rows.ts";
import { tryAll } from "./outcomes.ts";
import { shareCache } from "./shared-cache.ts";
import { removeTbHome, tbData } from "./tb.ts";

/** Where the databases lie when tb runs as root. */
const ROOTS_DATA = "/var/lib/turbobackend";

const [folder, places, cache] = process.argv.slice(2) as [string, string, string];
const disk = join(folder, "disk");
const home = join(disk, "home");

await mkdir(disk, { recursive: true });
mount("-t", "tmpfs", "-o", "size=3g", "tmpfs", disk);
await mkdir(home, { mode: 0o700 });
await mkdir(join(disk, "data"), { mode: 0o711 });
if (existsSync(ROOTS_DATA)) mount("--bind", join(disk, "data"), ROOTS_DATA);
if (cache) await shareCache(home, cache);
try {
  await tbData(home, ["config", "set", "user", "ann@example.com"]);
  const made = await tbData<CreateResult>(home, ["create", "notes(title)", "--name", "todo-api"]);
  await tbData(home, ["create", "notes(title)", "--plan-out", join(folder, "plan.json")]);
  const { blocks, bfree, bsize } = await statfs(disk);
  mount("-o", `remount,size=${(blocks - bfree) * bsize}`, disk);
  const rows = places.split(",").map((place) => ROWS[Number(place)]!);
  const outcomes = await tryAll({ home, folder, project: "todo-api", run: made.run.id, fresh: "full" }, rows);
  await writeFile(join(folder, "outcomes.json"), JSON.stringify(outcomes));
} finally {
  await removeTbHome(home);
}

function mount(...args: string[]): void {
  execFileSync("mount", args);
}
