// What a project that was created must look like: everything once, nothing twice, nothing missing.
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createPipeline } from "../../../src/pipeline/create.ts";
import type { Control } from "../../../src/control/control.ts";
import type { Trial } from "./trial.ts";

/** Activities of a create with a database and a deployment. */
export const ACTIVITIES = [
  "database_created",
  "deployment",
  "endpoints_added",
  "github_push",
  "project_created",
  "queries_executed",
];

export interface Expected {
  /** Of each type of activity. */
  activities: Record<string, number>;
  commits: number;
  deployments: number;
  queries: number;
}

export const CREATED: Expected = {
  activities: Object.fromEntries(ACTIVITIES.map((type) => [type, 1])),
  commits: 1,
  deployments: 1,
  queries: 1,
};

/** Compares the project of that name with what is expected and writes down what differs. */
export async function checkWhole(
  control: Control,
  name: string,
  trial: Trial,
  expected: Expected = CREATED,
): Promise<void> {
  const [project] = await control.query<{ project_id: string; status: string; url: string | null }>(
    `select project_id, status, deployment_config ->> 'url' as url from project_contexts
     where name = $1 and status <> 'destroyed'`,
    [name],
  );
  if (project?.status !== "active") {
    trial.unfinished.push(`${name} is ${project?.status ?? "not there"}`);
    return;
  }
  const health = project.url === null ? "nothing" : await healthOf(project.url);
  if (health !== 200) trial.unfinished.push(`${name} does not answer at ${project.url}: ${health}`);
  await countActivities(control, project.project_id, trial, expected);
  for (const [what, found, wanted] of await counts(control, project.project_id, expected)) {
    if (found > wanted) trial.duplicates.push(`${found} ${what} of ${name} instead of ${wanted}`);
    if (found < wanted) trial.unfinished.push(`${found} ${what} of ${name} instead of ${wanted}`);
  }
}

/** Its database server, killed behind the back of a create that had ended well, is started again by its supervisor. */
async function healthOf(url: string): Promise<number | "nothing"> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const answer = await fetch(`${url}/api/health`).catch(() => null);
    if (answer?.status !== 503 || performance.now() > deadline) return answer?.status ?? "nothing";
    await sleep(200);
  }
}

async function countActivities(control: Control, projectId: string, trial: Trial, expected: Expected): Promise<void> {
  const rows = await control.query<{ type: string; count: number }>(
    "select action_type as type, count(*) from project_actions where project_id = $1 group by 1",
    [projectId],
  );
  const found = Object.fromEntries(rows.map(({ type, count }) => [type, count]));
  for (const type of new Set([...Object.keys(found), ...Object.keys(expected.activities)])) {
    const [there, wanted] = [found[type] ?? 0, expected.activities[type] ?? 0];
    if (there < wanted) trial.lost.push(`${wanted - there} activity ${type}`);
    if (there > wanted) trial.duplicates.push(`${there - wanted} activity ${type}`);
  }
}

type Count = [what: string, found: number, wanted: number];

/** Everything that is there once for each thing that happened. */
async function counts(control: Control, projectId: string, expected: Expected): Promise<Count[]> {
  const one = async (sql: string): Promise<number> =>
    (await control.query<{ count: number }>(`select count(*) ${sql}`, [projectId]))[0]!.count;
  const create = "from run_events e join runs r using (run_id) where r.project_id = $1 and r.pipeline = 'create'";
  const phases = createPipeline.phases.length;
  return [
    ["commits on main", await commits(control, projectId), expected.commits],
    ["deployments", await one("from deployments where project_id = $1"), expected.deployments],
    ["active deployments", await one("from deployments where project_id = $1 and status = 'active'"), 1],
    ["generated queries", await one("from generated_queries where project_id = $1"), expected.queries],
    ["pushes", await one("from github_push_history where project_id = $1"), 1],
    ["snapshots", await one("from snapshots where project_id = $1"), 1],
    ["requests", await one("from requests where project_id = $1"), 1],
    ["modifications", await one("from modifications where project_id = $1 and status = 'applied'"), 1],
    ["beginnings of phases", await one(`${create} and e.type = 'phase.started'`), phases],
    ["ends of phases", await one(`${create} and e.type = 'phase.finished'`), phases],
    ["ends of the run", await one(`${create} and e.type = 'run.finished'`), 1],
    ["open sandboxes", await one("from container_sessions where project_id = $1 and ended_at is null"), 0],
    [
      "things that only the run needed",
      await one(
        "from resources where project_id = $1 and state <> 'released' and kind in ('sandbox', 'work-database')",
      ),
      0,
    ],
    ["runs that can be resumed", await one("from runs where project_id = $1 and state in ('running', 'parked')"), 0],
  ];
}

const run = promisify(execFile);

async function commits(control: Control, projectId: string): Promise<number> {
  const [row] = await control.query<{ repo_url: string }>(
    "select repo_url from project_github_repos where project_id = $1 and is_active",
    [projectId],
  );
  if (!row) return 0;
  const { stdout } = await run("git", [
    "--git-dir",
    row.repo_url.replace("file://", ""),
    "rev-list",
    "--count",
    "main",
  ]);
  return Number(stdout);
}
