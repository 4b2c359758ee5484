// Names as they are written in SQL.
import { createHash } from "node:crypto";

/** Words that Postgres 18 takes for a name only in quotes (pg_get_keywords, categories R and T). */
const RESERVED = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation " +
    "column concurrently constraint create cross current_catalog current_date current_role current_schema current_time " +
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze " +
    "from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit " +
    "localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references " +
    "returning right select session_user similar some symmetric system_user table tablesample then to trailing true union " +
    "unique user using variadic verbose when where window with"
  ).split(" "),
);

const LONGEST_NAME = 63;

/** The name, in quotes only where Postgres needs them. */
export function identifier(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name for an index or constraint: the parts joined with `_`. Where that is taken, or longer than the 63 bytes at which
 * Postgres would cut it, it ends in a hash of the parts. The name is added to `taken`. */
export function uniqueName(parts: string[], taken: Set<string>): string {
  const plain = parts.join("_");
  const hash = createHash("sha256").update(parts.join(".")).digest("hex").slice(0, 8);
  const suffix = `_${hash}_${parts.at(-1)!}`;
  const short =
    parts
      .slice(0, -1)
      .join("_")
      .slice(0, LONGEST_NAME - suffix.length) + suffix;
  const name = plain.length <= LONGEST_NAME && !taken.has(plain) ? plain : short;
  taken.add(name);
  return name;
}
