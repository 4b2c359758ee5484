import { z } from "zod";
import { keepHead } from "../output-limits.ts";
import { MOST_ROWS, type SqlResult } from "../sql/run-sql.ts";
import { LONGEST_SQL } from "../sql/vet-sql.ts";
import { defineTool } from "./tool.ts";

export const queryDatabase = defineTool({
  name: "query_database",
  description:
    "Run SQL on the development database, a copy that is thrown away. Several statements are one transaction: all of them or " +
    `none. Returns the rows of the last one, at most ${MOST_ROWS}, one JSON object a line. Rows may be read and changed. A change ` +
    "of the schema is only tried and taken back: the schema comes from migrations/. No transactions, settings, functions of " +
    "the server or other schemas.",
  schema: z.strictObject({
    sql: z.string().min(1).max(LONGEST_SQL).describe("Postgres statements, without parameters"),
  }),
  effect: "write",
  summarize: ({ sql }) => `query ${sql}`,

  async run({ sql }, context) {
    if (!context.query) return { text: "This project has no database.", failed: true };
    try {
      return { ...tell(await context.query(sql, context.callName)), failed: false };
    } catch (error) {
      const text = statementError(error);
      if (text === null) throw error;
      return { text, failed: true };
    }
  },
});

function tell({ rows, rowCount, tried }: SqlResult): { text: string; note: string } {
  const count = rowCount ?? rows.length;
  const note = `${count} ${count === 1 ? "row" : "rows"}${tried ? ", taken back" : ""}`;
  const end = tried ? "\nIt works. The schema was put back as it was: write the change into migrations/." : "";
  if (rows.length === 0) return { text: `${rowCount ? `${note} affected.` : `Done, ${note}.`}${end}`, note };
  const part = keepHead(rows.map(toLine).join("\n"), MOST_ROWS);
  const cut = part.cut || count > part.shown;
  return { text: `${note}${cut ? `, the first ${part.shown} shown` : ""}:\n${part.text}${end}`, note };
}

function toLine(row: object): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

/** What Postgres says about the statement; null for anything else, a lost connection above all. */
function statementError(error: unknown): string | null {
  if (!(error instanceof Error && "severity" in error && "code" in error)) return null;
  if (typeof error.code !== "string" || /^(08|57P0[123]|53300)/.test(error.code)) return null;
  const lines = [`${error.code}: ${error.message}`];
  if ("detail" in error && typeof error.detail === "string") lines.push(`Detail: ${error.detail}`);
  if ("hint" in error && typeof error.hint === "string") lines.push(`Hint: ${error.hint}`);
  if ("position" in error && typeof error.position === "string")
    lines.push(`At character ${error.position} of the statement.`);
  return lines.join("\n");
}
