// Whether tb's own state fits what is there, apart from the projects.
import { planCleanup, type CleanupOptions } from "../cleanup/cleanup.ts";
import type { HeldResource } from "../cleanup/queries.ts";
import { countOf } from "../../ui/count.ts";
import { effectiveState } from "../run-view.ts";
import { listRuns } from "../runs.ts";
import { look, type Finding, type Problem } from "./finding.ts";
import type { CheckTools } from "./project-checks.ts";

const DAY = 24 * 60 * 60_000;

export async function checkInstallation(tools: CheckTools, home: string): Promise<Finding[]> {
  return [
    await look("control schema", null, "up to date", () => describeSchema(tools)),
    await look("control indexes", null, "valid", () => checkIndexes(tools)),
    await look("runs", null, "every run that works has its process", () => checkRuns(tools)),
    await look("ledger", null, "everything in it is there", () => checkLedger(tools)),
    await look("orphans", null, "none", () => checkOrphans(tools, home)),
  ];
}

async function describeSchema({ control }: CheckTools): Promise<string> {
  const [row] = await control.query<{ name: string }>("select max(name) as name from schema_migrations");
  return `${control.schema} is at ${row?.name}`;
}

async function checkIndexes({ control }: CheckTools): Promise<Problem | null> {
  const rows = await control.query<{ name: string }>(
    `select indexrelid::regclass::text as name from pg_index x join pg_class c on c.oid = x.indexrelid
     where not indisvalid and c.relnamespace::regnamespace::text in ($1, 'tb_engine') order by 1`,
    [control.schema],
  );
  if (rows.length === 0) return null;
  return {
    message: `${countOf(rows.length, "index", "indexes")} of tb's own cannot be used.`,
    details: rows.map(({ name }) => name),
    fix: rows.map(({ name }) => `reindex index ${name};      in the control database`).join("\n"),
  };
}

/** A run whose process has died is parked, whatever its row says; nobody is lost, but somebody should go on. */
async function checkRuns({ control }: CheckTools): Promise<Problem | string | null> {
  const running = await listRuns(control, { state: "running", limit: 1000 });
  const dead = running.filter((row) => effectiveState(row) === "parked");
  if (dead.length === 0) return running.length === 0 ? null : `${countOf(running.length, "run")} at work`;
  return {
    message: `${countOf(dead.length, "run")} lost its process.`,
    details: dead.map(({ run_id, pipeline, phase }) => `${run_id}  ${pipeline}, in ${phase ?? "its beginning"}`),
    fix: `tb resume ${dead[0]!.run_id}`,
  };
}

/** Things that were made and are gone. What a project needs is told by the project's own checks. */
async function checkLedger({ control, adapters }: CheckTools): Promise<Problem | string> {
  const held = await control.query<HeldResource>(
    "select kind, name, run_id from resources where state = 'created' and kind in ('database', 'sandbox', 'repository', 'git-directory', 'deployment')",
  );
  const present = new Set<string>();
  const used = new Set(held.map(({ kind }) => kind));
  if (used.has("database")) {
    for (const { name } of await (await adapters.databaseCluster()).describeDatabases())
      present.add(`database ${name}`);
  }
  for (const { id } of await (await adapters.sandbox()).list()) present.add(`sandbox ${id}`);
  const { repositories, directories } = await (await adapters.gitHost()).list();
  for (const { name } of repositories) present.add(`repository ${name}`);
  for (const { name } of directories) present.add(`git-directory ${name}`);
  for (const { projectId } of await (await adapters.deployTarget()).list()) present.add(`deployment ${projectId}`);
  const gone = held.filter(({ kind, name }) => !present.has(`${kind} ${name}`));
  if (gone.length === 0) return `${countOf(held.length, "thing")}, all there`;
  return {
    message: `${countOf(gone.length, "thing")} of the ledger ${gone.length === 1 ? "is" : "are"} gone.`,
    details: gone.map(({ kind, name, run_id }) => `${kind} ${name} (run ${run_id})`),
    fix: "Restore what is lost, or give the project up with tb destroy.",
  };
}

async function checkOrphans({ control, adapters }: CheckTools, home: string): Promise<Problem | string | null> {
  const options: CleanupOptions = { home, before: new Date(Date.now() - 30 * DAY), keep: 1000 };
  const { candidates, unknown } = await planCleanup(control, adapters, options);
  const loose = candidates.filter(({ kind }) => kind !== "dependencies");
  if (loose.length > 0) {
    return {
      message: `${countOf(loose.length, "thing")} nobody needs any more.`,
      details: loose.map(({ kind, name, reason }) => `${kind} ${name}: ${reason}`),
      fix: "tb cleanup --dry-run",
    };
  }
  return unknown.length === 0 ? null : `none; ${countOf(unknown.length, "thing")} this state does not know`;
}
