// All matching activities as one stream, oldest first, in constant memory: Postgres sends the columns (COPY), this process puts
// them into lines, both at the same time. One statement, so it is the timeline as of one moment. It is read by one process of
// Postgres: a second one would take the turn of this one.
import { Client, escapeLiteral } from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { ActivityFilter, Bind } from "./activity-filter.ts";
import { conditions, projectCondition } from "./activity-filter.ts";
import type { ActivityScope } from "./activity-scope.ts";
import type { Control } from "./control.ts";
import { COPY_OPTIONS, LineParts, readRows } from "./activity-rows.ts";
import { csvHeader, csvLine, jsonLine } from "./activity-record.ts";

export type ExportFormat = "ndjson" | "csv";

export interface ExportOptions {
  format: ExportFormat;
  /** Of the newest; null for all. */
  limit: number | null;
  /** What each line of NDJSON stands in. */
  around?: readonly [string, string];
}

/** Parts of the output, some hundred lines each. Leaving early ends the statement. */
export async function* exportActivities(
  control: Control,
  scope: ActivityScope,
  filter: ActivityFilter,
  { format, limit, around = ["", ""] }: ExportOptions,
): AsyncGenerator<Buffer, void, void> {
  if (format === "csv") yield Buffer.from(csvHeader(), "latin1");
  if (scope.projects.size === 0) return;
  const line = format === "csv" ? csvLine(scope.projects) : jsonLine(scope.projects, around);
  const client = new Client(sessionSettings(control));
  client.on("error", () => {}); // the stream fails with the same error
  try {
    await client.connect();
    await client.query(`begin read only; set local search_path to ${client.escapeIdentifier(control.schema)};
      set local statement_timeout = 0; set local work_mem = '32MB'; set local max_parallel_workers_per_gather = 0`);
    const stream = client.query(copyTo(copyStatement(scope, filter, limit)));
    const lines = new LineParts();
    let full: Buffer[] = [];
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      rest = readRows(rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk, (fields) => {
        const part = lines.add(line(fields));
        if (part) full.push(part);
      });
      yield* full;
      full = [];
    }
    const last = lines.take();
    if (last) yield last;
  } finally {
    await client.end();
  }
}

/** A session of its own: the pool's give up statements that take longer than a minute, and so would a slow reader. */
function sessionSettings(control: Control) {
  const { options } = control.pool;
  return {
    ...options,
    ...(options.password !== undefined && { password: options.password }), // not among the options that are copied
    query_timeout: 0,
  };
}

/** The columns in the order of `activity-record.ts`. COPY takes no parameters, so the values are literals. */
function copyStatement({ projects }: ActivityScope, filter: ActivityFilter, limit: number | null): string {
  const where = [projectCondition([...projects.keys()], literal), ...conditions(filter, literal)].join(" and ");
  const newest = limit === null ? "" : `order by created_at desc, action_id desc limit ${limit}`;
  return `copy (
    select action_id, created_at, project_id, action_type, action_details, status, environment, user_id, request_id, run_id,
      reference_ids
    from (select * from project_actions where ${where} ${newest}) as wanted order by created_at, action_id
  ) to stdout ${COPY_OPTIONS}`;
}

const literal: Bind = (value) => {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? escapeLiteral(value) : `array[${value.map((each) => escapeLiteral(each)).join()}]`;
};
