// Tries every command in every circumstance that a user may be in, and notes what it says and how it ends.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import { ROWS, type Row } from "./outcome-rows.ts";
import { removeTbHome, tbData, tbHome } from "./tb.ts";
import { CTRL_C, openTerminal } from "./terminal.ts";

const BIN = new URL("../../bin/run.cjs", import.meta.url).pathname;
export const NARROW = 40;
export const FULL_DISK = "A full disk";

/** A home, and what the words in capitals stand for there. */
export interface Place {
  home: string;
  /** Where commands run, and where the plan file lies. */
  folder: string;
  project: string;
  run: string;
  fresh: string;
  env?: Record<string, string>;
}

export interface Outcome {
  command: string;
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Circumstance {
  title: string;
  /** How it was made. */
  how: string;
  outcomes: Outcome[];
}

export interface Trying {
  /** Prepared dependencies to share. */
  cache?: string;
  /** Makes an empty home one in which the databases were started before. */
  prepare?: (home: string) => Promise<void>;
  /** What builds projects is tried only where it matters, and what is alike not everywhere. */
  brief: boolean;
}

/** Tries everything. */
export async function tryEverything({ cache, prepare, brief }: Trying): Promise<Circumstance[]> {
  const some = brief ? ROWS.filter(({ long }) => !long) : ROWS;
  const different = brief ? ROWS.filter(({ alike }) => !alike) : ROWS;
  const telling = some.filter((row) => different.includes(row));
  const folder = await mkdtemp(join(tmpdir(), "tb-outcomes-"));
  const [empty, home] = [await tbHome(cache), await tbHome(cache)];
  await prepare?.(home);
  try {
    for (const place of [empty, home]) await tbData(place, ["config", "set", "user", "ann@example.com"]);
    const full = tryFullDisk(folder, cache, different);
    const none = tryAll({ home: empty, folder, project: "todo-api", run: "run_0000", fresh: "none" }, some);
    const made = await tbData<CreateResult>(home, ["create", "a todo API with users and tasks"]);
    await tbData(home, ["create", "notes(title)", "--plan-out", join(folder, "plan.json")]);
    const world = { home, folder, project: made.project.name, run: made.run.id };
    const wrong = await tryAll({ ...world, project: "todo-apo", run: "run_zzzz", fresh: "wrong" }, NAMING);
    const noDatabase = await tryAll({ ...world, fresh: "unreachable", env: UNREACHABLE }, ROWS);
    const bare = await tryBare({ ...world, fresh: "bare" });
    const narrow = await tryNarrow({ ...world, fresh: "narrow" }, telling);
    const json = await tryAll(
      { ...world, fresh: "json" },
      brief ? ROWS.filter(({ args }) => args[0] !== "apply") : ROWS,
      ["--json"],
    ); // apply tells what create does
    const unread = await tryAll({ ...world, fresh: "unread" }, telling, [], { unread: true });
    return [
      { title: "No project", how: "A new installation; `PROJECT` is a name that nothing has.", outcomes: await none },
      {
        title: "The wrong project or run",
        how: "A name with a typing error, an id that nothing has.",
        outcomes: wrong,
      },
      {
        title: "No database",
        how: "`PG_CONTROL_URL` and `DB_CLUSTER_HOST` name servers that do not answer. (The embedded servers are started by whatever needs them.)",
        outcomes: noDatabase,
      },
      {
        title: FULL_DISK,
        how: "There is a project; then the file system of tb's folder and of the databases takes no more. (A database server writes at moments of its own, so that a command which reads may end with 75 as well.)",
        outcomes: await full,
      },
      {
        title: "No terminal",
        how: "Input and output are no terminal, and what tb would ask for is left out.",
        outcomes: bare,
      },
      { title: "A narrow terminal", how: `A terminal of ${NARROW} columns.`, outcomes: narrow },
      { title: "--json", how: "With `--json`; everything else is in order.", outcomes: json },
      {
        title: "A pipe closed early",
        how: "Whoever reads the output is gone before anything is written; everything else is in order.",
        outcomes: unread,
      },
    ].filter(({ outcomes }) => outcomes.length > 0);
  } finally {
    await removeTbHome(empty);
    await removeTbHome(home);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rows that name a project or a run. */
const NAMING = ROWS.filter(({ args }) => args.includes("PROJECT") || args.includes("RUN"));

/** Milliseconds after which a command is stopped that goes on although nobody reads what it prints. */
const UNSEEN = 15_000;

/** Port 1 is nobody's. */
const UNREACHABLE = {
  PG_CONTROL_URL: "postgres://ann:secret@127.0.0.1:1/tb",
  DB_CLUSTER_HOST: "127.0.0.1",
  DB_CLUSTER_PORT: "1",
  DB_CLUSTER_USER: "ann",
  DB_CLUSTER_PASSWORD: "secret",
};

/** Runs each row, its output into pipes and without a terminal. */
export async function tryAll(
  place: Place,
  rows: readonly Row[],
  extra: readonly string[] = [],
  reading: { unread?: boolean } = {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { args, until } of rows) outcomes.push(await run(place, [...args, ...extra], { until, ...reading }));
  return outcomes;
}

/** The rows without what they need; nobody is there to ask. */
async function tryBare(place: Place): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { bare } of ROWS) if (bare) outcomes.push(await run(place, bare));
  return outcomes;
}

async function tryNarrow(place: Place, rows: readonly Row[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { args, until } of rows) {
    const terminal = openTerminal(place.home, filled(place, args), place.env, { columns: NARROW, cwd: place.folder });
    if (until) {
      await terminal.shows(until).catch(() => {}); // it has ended without showing it: its outcome tells why
      terminal.type(CTRL_C);
    }
    const { code, screen } = await terminal.ended();
    outcomes.push({ command: args.join(" "), code, stdout: screen, stderr: "" });
  }
  return outcomes;
}

/** Nothing where no file system may be mounted. */
async function tryFullDisk(folder: string, cache: string | undefined, rows: readonly Row[]): Promise<Outcome[]> {
  if (!canMount()) return [];
  const program = fileURLToPath(new URL("full-disk-process.ts", import.meta.url));
  const own = join(folder, "full");
  const places = rows.map((row) => ROWS.indexOf(row)).join(",");
  const args = ["--mount", "--propagation", "private", process.execPath, program, own, places, cache ?? ""];
  await promisify(execFile)("unshare", args, { maxBuffer: 64_000_000 });
  return JSON.parse(await readFile(join(own, "outcomes.json"), "utf8")) as Outcome[];
}

function canMount(): boolean {
  const mounted = spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
  return mounted.status === 0;
}

async function run(
  place: Place,
  args: readonly string[],
  { unread = false, until = null }: { unread?: boolean; until?: string | null } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [BIN, ...filled(place, args)], {
    env: { ...process.env, TB_HOME: place.home, ...place.env },
    cwd: place.folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  function seen(): void {
    if (until && `${stdout}${stderr}`.includes(until)) child.kill("SIGTERM");
  }
  if (unread) child.stdout.destroy();
  if (unread && until) setTimeout(() => child.kill("SIGTERM"), UNSEEN).unref();
  else child.stdout.setEncoding("utf8").on("data", (chunk: string) => ((stdout += chunk), seen()));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => ((stderr += chunk), seen()));
  await once(child, "close");
  return { command: args.join(" "), code: child.exitCode, stdout, stderr };
}

function filled({ project, run, folder, fresh }: Place, args: readonly string[]): string[] {
  const values: Record<string, string> = { PROJECT: project, RUN: run, PLAN: join(folder, "plan.json") };
  return args.map((word) => values[word] ?? word.replace("NEW", fresh));
}
