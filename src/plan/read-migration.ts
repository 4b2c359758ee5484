// What a migration's text says it does. Read, not parsed: it decides what is shown and what is asked, never what is run.

const NAME = String.raw`(?:only\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?:"?\w+"?\.)?"?(\w+)"?`;
const TABLE = new RegExp(
  String.raw`\b(?:table|insert\s+into|delete\s+from|truncate(?:\s+table)?|(?:index|trigger)\b.*?\son)\s+${NAME}|^update\s+${NAME}`,
  "gi",
);
const ALTER = new RegExp(String.raw`^alter\s+table\s+${NAME}\s+`, "i");

/** Names of the tables that it makes or changes, in the order in which they appear. */
export function tablesIn(sql: string): string[] {
  const names = statements(sql).flatMap((text) =>
    [...text.matchAll(TABLE)].map(([, one, other]) => one ?? other ?? ""),
  );
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

/** What code that does not know the migration may trip over, a line each: what is removed, renamed, or asks for more. */
export function breakingParts(sql: string): string[] {
  return statements(sql).flatMap((statement) => {
    const table = ALTER.exec(statement);
    if (!table)
      return /^(drop (?!index|trigger|policy)|create unique|truncate|do |alter type)/i.test(statement)
        ? [short(statement)]
        : [];
    const clauses = splitOutside(statement.slice(table[0].length), ",");
    return clauses.filter(breaks).map((clause) => short(`${table[1]}: ${clause}`));
  });
}

function breaks(clause: string): boolean {
  const text = clause.toLowerCase();
  if (text.startsWith("drop ")) return !/^drop constraint\b/.test(text);
  if (text.startsWith("rename ")) return !/^rename constraint\b/.test(text);
  if (text.startsWith("alter "))
    return /\b(type|set not null|drop not null|drop default|drop identity|add generated)\b/.test(text);
  if (/^add (constraint|check|unique|primary|foreign|exclude)\b/.test(text)) return true;
  if (text.startsWith("add ")) {
    const demands = /\b(not null|primary key)\b/.test(text) && !/\b(default|generated|serial|bigserial)\b/.test(text);
    return demands || /\bunique\b/.test(text);
  }
  return false;
}

/** Statements on a line each, without comments and without what stands in quotes as a value. */
function statements(sql: string): string[] {
  const bare = sql
    .replaceAll(/--[^\n]*/g, " ")
    .replaceAll(/\/\*[\s\S]*?\*\//g, " ")
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, "$$$$")
    .replaceAll(/'(?:[^']|'')*'/g, "''");
  return splitOutside(bare, ";")
    .map((text) => text.replaceAll(/\s+/g, " ").trim())
    .filter(Boolean);
}

/** Splits where the separator stands in no parentheses. */
function splitOutside(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === separator && depth <= 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

function short(text: string): string {
  return text.length > 70 ? `${text.slice(0, 69)}…` : text;
}
