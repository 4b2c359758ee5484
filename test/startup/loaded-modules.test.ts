// What the installed tb reads for a command: it is what its start costs.
import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildBundle } from "../../bin/bundle.ts";
import { removeHome } from "../helpers/postgres.ts";
import { tb } from "../helpers/tb.ts";
import { readyHome } from "../helpers/homes.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Each costs more to load than everything else that such a command does (perf.md, "Import cost"). */
const HEAVY = [
  "@dbos-inc/dbos-sdk",
  "ajv",
  "conf",
  "execa",
  "inquirer",
  "libpg-query",
  "listr2",
  "open",
  "pg-copy-streams",
  "simple-git",
  "zod",
];

let home: string;
let scratch: string;
/** The packages whose code is in each file of the bundle. */
let packages: Map<string, Set<string>>;

beforeAll(async () => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "tb-loaded-")));
  home = await readyHome();
  await tb(home, ["db", "start"]);
  mkdirSync(join(scratch, "bin"));
  copyFileSync(join(ROOT, "bin/run.cjs"), join(scratch, "bin/run.cjs"));
  for (const name of ["package.json", "migrations", "templates", "node_modules"])
    symlinkSync(join(ROOT, name), join(scratch, name));
  packages = new Map(
    (await buildBundle(ROOT, join(scratch, "dist"))).map((chunk) => [
      chunk.fileName,
      new Set(
        Object.keys(chunk.modules)
          .map(packageOf)
          .filter((name) => name !== null),
      ),
    ]),
  );
});

afterAll(async () => {
  await removeHome(home);
  rmSync(scratch, { recursive: true, force: true });
});

function packageOf(id: string): string | null {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? null;
}

/** The packages that a command loads. */
async function loadedBy(args: string[]): Promise<Set<string>> {
  const report = join(scratch, "loaded.json");
  const hook = join(scratch, "hook.cjs");
  writeFileSync(
    hook,
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(report)}, JSON.stringify(Object.keys(require.cache))));`,
  );
  await new Promise<void>((resolve) => {
    const env = { ...process.env, TB_HOME: home };
    execFile(process.execPath, ["--require", hook, join(scratch, "bin/run.cjs"), ...args], { env }, () => resolve());
  });
  const files = (JSON.parse(readFileSync(report, "utf8")) as string[]).filter(
    (file) => dirname(file) === join(scratch, "dist"),
  );
  const bundled = files.filter((file) => file.endsWith(".cjs")).map((file) => basename(file));
  return new Set(bundled.flatMap((file) => [...packages.get(file)!]));
}

test.each([
  ["activity"],
  ["activity --json"],

  ["projects list"],
  ["projects show nothing"],
  ["runs list"],
  ["runs show nothing"],
  ["status nothing"],
  ["logs nothing"],
  ["db status"],
  ["overview"],
])("%s loads the database driver and nothing heavy", async (line) => {
  const loaded = await loadedBy(line.split(" "));
  expect(loaded.has("pg")).toBe(true);
  expect(HEAVY.filter((name) => loaded.has(name))).toEqual([]);
});

test.each([
  ["config list"],
  ["create --help"],
  ["db --help"],
  ["activity --no-such-flag"],
  ["nonsense"],
  ["completion bash"],
])("%s loads no database driver either", async (line) => {
  const loaded = await loadedBy(line.split(" "));
  expect(loaded.has("@oclif/core")).toBe(true);
  expect(["pg", ...HEAVY].filter((name) => loaded.has(name))).toEqual([]);
});

test("--version and --help without a terminal load nothing at all", async () => {
  expect([...(await loadedBy(["--version"])), ...(await loadedBy(["--help"]))]).toEqual([]);
});

test("a command that runs a pipeline does load its engine, so that the looking itself is known to work", async () => {
  expect(await loadedBy(["cancel", "nothing"])).toContain("@dbos-inc/dbos-sdk");
});
