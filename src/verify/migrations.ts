// Check "migrations": the project's own runner, on an empty database, makes exactly the schema of the copy.
import { ending, type Finding } from "./check.ts";
import { introspect, type SchemaFacts } from "./introspect.ts";
import { databaseAccess, runNode, type StoredSubject } from "./subject.ts";
import type { Failure } from "./verdict.ts";

/** What the migrations make of an empty database, or why they make nothing. */
export type Replay = { facts: SchemaFacts } | { failure: Failure };

/** The empty database `scratch.test` must be there; afterwards it is migrated. */
export async function replayMigrations(subject: StoredSubject): Promise<Replay> {
  const { cluster, scratch } = subject;
  const access = await databaseAccess(subject, scratch.test, ["own"]);
  const result = await runNode(subject, ["scripts/migrate.ts"], access);
  if (result.exitCode === 0) return { facts: await introspect(cluster, scratch.test) };
  const message = `The migrations fail on an empty database. ${ending("npm run migrate", result)}`;
  return { failure: { file: "migrations", message } };
}

/** `present` is what the copy holds. */
export function checkMigrations(replay: Replay, present: SchemaFacts): Finding {
  if ("failure" in replay) return { count: null, summary: "migrations", failures: [replay.failure] };
  const failures = compareSchemas(replay.facts, present);
  return { count: replay.facts.migrations.length, summary: "migrations", failures };
}

/** What the replay has and the database has not, and the other way round. */
export function compareSchemas(replayed: SchemaFacts, present: SchemaFacts): Failure[] {
  const [expected, actual] = [lines(replayed), lines(present)];
  const missing = [...expected].filter((line) => !actual.has(line));
  const extra = [...actual].filter((line) => !expected.has(line));
  return [
    ...missing.map((line) => ({
      file: "migrations",
      message: `migrations/ makes this, but the database does not have it: ${line}`,
    })),
    ...extra.map((line) => ({
      file: "migrations",
      message: `The database has this, but migrations/ does not make it: ${line}. Put every change of the schema into a new migration.`,
    })),
  ];
}

function lines(facts: SchemaFacts): Set<string> {
  return new Set([
    ...facts.columns.map(
      (column) =>
        `column ${column.table}.${column.name} ${column.type}${column.nullable ? "" : " not null"}${column.default === null ? "" : ` default ${column.default}`}`,
    ),
    ...facts.constraints.map(
      (constraint) => `constraint ${constraint.name} on ${constraint.table}: ${constraint.definition}`,
    ),
    ...facts.indexes.map((index) => `index ${index.name}: ${index.definition}`),
    ...facts.others,
    ...facts.migrations.map((line) => `applied migration ${line}`),
  ]);
}
