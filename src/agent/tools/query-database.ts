import { z } from "zod";
import { keepHead } from "../output-limits.ts";
import { defineTool } from "./tool.ts";

const MAX_ROWS = 100;

export const queryDatabase = defineTool({
  name: "query_database",
  description:
    "Run one SQL statement on the development database: a copy that is thrown away, whose rows you may read and change; its " +
    "schema comes from migrations/ only. Returns at most 100 rows, one JSON object a line.",
  schema: z.strictObject({ sql: z.string().min(1).max(20_000).describe("One Postgres statement, without parameters") }),
  effect: "write",
  summarize: ({ sql }) => `query ${sql}`,

  async run({ sql }, context) {
    if (!context.query) return { text: "This project has no database.", failed: true };
    if (sql.includes("\0")) return { text: "SQL must not hold NUL.", failed: true };
    try {
      const result = await context.query(sql);
      // What the driver makes of several statements; all of them were run.
      if (Array.isArray(result))
        return { text: "Send one statement at a time. The results of these are not shown.", failed: true };
      const { rows, rowCount } = result;
      const count = rowCount ?? rows.length;
      const note = `${count} ${count === 1 ? "row" : "rows"}`;
      if (rows.length === 0) return { text: rowCount ? `${note} affected.` : `Done, ${note}.`, failed: false, note };
      const part = keepHead(rows.slice(0, MAX_ROWS).map(toLine).join("\n"), MAX_ROWS);
      const cut = part.cut || rows.length > part.shown;
      return { text: `${note}${cut ? `, the first ${part.shown} shown` : ""}:\n${part.text}`, failed: false, note };
    } catch (error) {
      const text = statementError(error);
      if (text === null) throw error;
      return { text, failed: true };
    }
  },
});

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
