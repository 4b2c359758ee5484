// Kills a create where it hurts, lets `tb resume` finish it, and looks for anything that should not be there.
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { sandboxFolders } from "../../src/adapters/sandbox/sandbox-place.ts";
import { readConfig } from "../../src/config.ts";
import { openControl } from "../../src/control/database.ts";
import type { RunEvent } from "../../src/pipeline/types.ts";
import { startTb, tb, tbData } from "./tb.ts";

/** The moment of the kill: the start of a phase or of a check, or so many milliseconds after the start of the command. */
export type Moment = { phase: string } | { check: string } | { afterMs: number };

export interface Crash {
  moment: Moment;
  /** False when the command had finished before the moment came. */
  killed: boolean;
  /** What went wrong, in words; empty when all is well. */
  problems: string[];
  /** From the start of `tb resume` to its end. */
  recoveryMs: number;
}

const ACTIVITIES = [
  "database_created",
  "deployment",
  "endpoints_added",
  "github_push",
  "project_created",
  "queries_executed",
];

/** Creates, kills, resumes, checks, destroys, checks again. */
export async function crashAndResume(home: string, name: string, moment: Moment): Promise<Crash> {
  const { runId, killed } = await createAndKill(home, name, moment);
  const problems: string[] = [];
  const since = performance.now();
  if (runId === null) {
    // Killed before the run was written down: nothing can have been made, and the command is simply given again.
    const again = await tb(home, ["create", REQUEST, "--name", name, "--json"]);
    if (again.code !== 0) problems.push(`creating anew exited ${again.code}: ${again.stdout}`);
  } else if (killed) {
    const resumed = await tb(home, ["resume", runId, "--json"]);
    if (resumed.code !== 0) problems.push(`resume exited ${resumed.code}: ${resumed.stdout}\n${resumed.stderr}`);
  }
  const recoveryMs = performance.now() - since;
  if (problems.length === 0) {
    problems.push(...(await checkWhole(home, name)), ...(await leftovers(home, [name])));
    await tbData(home, ["destroy", name, "--confirm", name]);
    problems.push(...(await leftovers(home, [])));
  }
  return { moment, killed, problems, recoveryMs };
}

const REQUEST = "notes(title:string{80}, done:boolean=false)";

/** Starts a create and kills it with SIGKILL at the moment. */
export async function createAndKill(
  home: string,
  name: string,
  moment: Moment,
): Promise<{ runId: string | null; killed: boolean }> {
  const running = startTb(home, ["create", REQUEST, "--name", name, "--events"]);
  let seen = "";
  let runId: string | null = null;
  function look(chunk: string): void {
    seen += chunk;
    for (const event of completeLines(seen)) {
      runId ??= event.runId;
      if ("phase" in moment && event.type === "phase.started" && event.phase === moment.phase)
        running.child.kill("SIGKILL");
      if ("check" in moment && event.type === "progress" && event.text === moment.check) running.child.kill("SIGKILL");
    }
  }
  running.child.stdout!.on("data", look);
  if ("afterMs" in moment) setTimeout(() => running.child.kill("SIGKILL"), moment.afterMs).unref();
  const { signal } = await running.done;
  if (runId === null) runId = await newestRun(home);
  return { runId, killed: signal === "SIGKILL" };
}

function completeLines(text: string): RunEvent[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RunEvent);
}

/** A run that was written down but had not said anything yet. */
async function newestRun(home: string): Promise<string | null> {
  const { runs } = await tbData<{ runs: { id: string; state: string }[] }>(home, ["runs", "list", "--limit", "1"]);
  const [newest] = runs;
  if (newest?.state !== "parked") return null;
  return newest.id;
}

/** The project is healthy and its timeline holds each activity exactly once. */
async function checkWhole(home: string, name: string): Promise<string[]> {
  const problems: string[] = [];
  const status = await tbData<{ deployment: { healthy: boolean } | null; project: { status: string } }>(home, [
    "status",
    name,
  ]);
  if (!status.deployment?.healthy || status.project.status !== "active")
    problems.push(`not whole: ${JSON.stringify(status)}`);
  const { activities } = await tbData<{ activities: { type: string; status: string }[] }>(home, ["activity", name]);
  const types = activities.map(({ type }) => type).toSorted();
  if (JSON.stringify(types) !== JSON.stringify(ACTIVITIES)) problems.push(`activities: ${types.join(", ")}`);
  return problems;
}

/** Databases, roles, folders and processes in the home that belong to no project of these names. */
export async function leftovers(home: string, names: string[]): Promise<string[]> {
  const config = readConfig({ PATH: process.env.PATH, TB_HOME: home });
  const [control, cluster] = [await openControl(config), selectDatabaseCluster(config)];
  const problems: string[] = [];
  let ids: string[];
  try {
    const projects = await control.query<{ project_id: string; name: string }>(
      "select project_id, name from project_contexts where status <> 'destroyed'",
    );
    problems.push(...projects.filter(({ name }) => !names.includes(name)).map(({ name }) => `project ${name}`));
    ids = projects.filter(({ name }) => names.includes(name)).map(({ project_id }) => project_id);
    const expected = ids.map((id) => `turbobackend_${id}`);
    for (const database of await cluster.listDatabases())
      if (!expected.includes(database)) problems.push(`database ${database}`);
    const { rows } = await cluster.query<{ rolname: string }>(
      "postgres",
      "select rolname from pg_roles where rolname like 'turbobackend\\_%'",
    );
    for (const { rolname } of rows) if (!ids.some((id) => rolname.includes(id))) problems.push(`role ${rolname}`);
  } finally {
    await Promise.all([control.close(), cluster.close()]);
  }
  for (const folder of await sandboxFolders({ home })) {
    const entries = await readdir(folder).catch(() => [] as string[]);
    problems.push(...entries.map((entry) => `sandbox ${folder}/${entry}`));
  }
  for (const folder of ["git", "repositories", "deployments", "snapshots/projects"]) {
    const entries = await readdir(join(home, folder)).catch(() => [] as string[]);
    const stray = entries.filter((entry) => !entry.startsWith(".") && !ids.some((id) => entry.includes(id)));
    problems.push(...stray.map((entry) => `folder ${folder}/${entry}`));
  }
  return [...problems, ...(await strayProcesses(home, ids))];
}

/** Processes that work in the home: only the servers, and the deployments of the given projects, may. */
async function strayProcesses(home: string, ids: string[]): Promise<string[]> {
  const problems: string[] = [];
  const sandboxes = await sandboxFolders({ home });
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [command, environment, folder] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, "utf8"),
        readFile(`/proc/${pid}/environ`, "utf8"),
        readlink(`/proc/${pid}/cwd`),
      ]);
      const places = [command, environment, folder].join("\n");
      const inside = [...sandboxes, join(home, "deployments")].some((part) => places.includes(part));
      if (inside && !ids.some((id) => places.includes(id)))
        problems.push(`process ${pid}: ${command.replaceAll("\0", " ")}`);
    } catch {
      // ended meanwhile
    }
  }
  return problems;
}
