// A timeline as long as it takes: 50 projects of this user over 90 days, a run now and then, each with some activities.
import { once } from "node:events";
import { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { createEmbeddedPostgres } from "../src/adapters/database-cluster/embedded-postgres.ts";
import { readConfig } from "../src/config.ts";
import { actionId } from "../src/control/action-id.ts";
import { openControl } from "../src/control/database.ts";
import { findOwner } from "../src/owner.ts";

export const PROJECTS = 50;
const DAYS = 90;
const TABLES = ["users", "posts", "comments", "tasks", "orders", "invoices", "products", "teams", "größen", "events"];

/** Fills the embedded control database of a home, which is made when it is missing. The same rows each time, but for the
 * days, which end today. */
export async function fillActivities(home: string, rows: number): Promise<void> {
  const config = readConfig({ PATH: process.env.PATH, TB_HOME: home });
  const owner = config.user ?? (await findOwner());
  const control = await openControl(config);
  await control.query(
    `insert into project_contexts (project_id, owner_id, name, type, status, created_at, updated_at)
     select 'prj_bench' || lpad(i::text, 5, '0'), $1, 'project-' || i, 'nitro', 'active', 1, 1
     from generate_series(1, $2::integer) as i`,
    [owner, PROJECTS],
  );
  const { schema } = control;
  await control.close();
  const client = new Client({
    ...(await createEmbeddedPostgres(config, "control").administrator()),
    database: "tb_control",
  });
  await client.connect();
  try {
    await client.query(`set search_path to ${client.escapeIdentifier(schema)}`);
    // Words are cheaper to index when they are all there.
    const { rows: indexes } = await client.query<{ definition: string }>(
      "select indexdef as definition from pg_indexes where schemaname = $1 and indexname = 'project_actions_search'",
      [schema],
    );
    await client.query("drop index if exists project_actions_search");
    const sink = client.query(
      copyFrom(`copy project_actions (action_id, project_id, user_id, request_id, run_id, action_type, action_details, status,
        environment, reference_ids, created_at) from stdin`),
    );
    let block: string[] = [];
    for (const line of timeline(owner, rows)) {
      block.push(line);
      if (block.length < 1000) continue;
      if (!sink.write(block.join(""))) await once(sink, "drain");
      block = [];
    }
    sink.end(block.join(""));
    await once(sink, "finish");
    await client.query("set maintenance_work_mem = '256MB'");
    for (const { definition } of indexes) await client.query(definition);
    await client.query("vacuum analyze project_actions");
    await client.query("vacuum analyze project_action_days");
  } finally {
    await client.end();
  }
}

/** Lines of COPY's text form. */
function* timeline(owner: string, rows: number): Generator<string> {
  const random = randomNumbers(42);
  const until = Math.floor(Date.now() / 1000) - 60;
  const step = (DAYS * 86_400) / rows;
  let made = 0;
  for (let run = 0; made < rows; run += 1) {
    const project = String(1 + Math.floor(random() * PROJECTS)).padStart(5, "0");
    const id = (run * 7919 + 1).toString(36).padStart(10, "0");
    const failed = random() < 0.02;
    for (const [type, details] of runOf(random)) {
      if (made === rows) return;
      const at = Math.floor(until - (rows - made) * step);
      const bad = failed && type === "deployment";
      const place = type === "deployment" ? "production" : "development";
      yield `${actionIdAt(at, made)}\tprj_bench${project}\t${owner}\treq_${id}\trun_${id}\t${type}\t${details}\t${bad ? "failed" : "succeeded"}\t${place}\t{"modification_id":"mod_${id}","branch_name":"main"}\t${at}\n`;
      made += 1;
    }
  }
}

/** What one run does, as `[type, details]`. */
function runOf(random: () => number): [string, string][] {
  const pick = () => TABLES[Math.floor(random() * TABLES.length)]!;
  const [one, two] = [pick(), pick()];
  const commit = Math.floor(random() * 0xfffffff).toString(16);
  return [
    ["tables_added", `Added 2 tables: ${one}, ${two}`],
    ["queries_executed", `Executed ${2 + Math.floor(random() * 9)} queries affecting tables: ${one}, ${two}`],
    [
      "endpoints_added",
      `Added 4 endpoints: GET /api/${one}, POST /api/${one}, GET /api/${two}/{id}, DELETE /api/${two}/{id}`,
    ],
    ["endpoints_modified", `Changed 1 endpoint: PATCH /api/${two}/{id}`],
    ...(random() < 0.2 ? [["dependency_added", `Added nanoid ${commit}`] as [string, string]] : []),
    ["github_push", `Pushed ${2 + Math.floor(random() * 30)} files to main ${commit}`],
    ["deployment", `Deployed to http://127.0.0.1:${4000 + Math.floor(random() * 1000)}`],
  ];
}

function actionIdAt(unixSeconds: number, key: number): string {
  return `act_${(unixSeconds * 1000).toString(36).padStart(9, "0")}${actionId(String(key)).slice(-10)}`;
}

/** Linear congruential generator (Numerical Recipes): the same numbers each time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
