// Names that are safe as SQL identifiers, file names and property names at once, whoever chose them.

const POSTGRES_SYSTEM_COLUMNS = new Set(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]);
/** Own properties of every JavaScript object that a row must not shadow. */
const OBJECT_PROPERTIES = new Set(["constructor", "prototype"]);
const TABLES_OF_THE_RUNNER = new Set(["schema_migrations", "information_schema"]);

/** Columns that every table has without being asked. */
export const BUILT_IN_COLUMNS = ["id", "created_at", "updated_at"] as const;

/** Why `name` cannot be a table or column name at all, or null. */
export function identifierProblem(name: string): string | null {
  if (!/^[a-z]/.test(name)) return "must start with a letter a-z";
  if (!/^[a-z0-9_]+$/.test(name)) return "must be snake_case: only a-z, 0-9 and _";
  if (name.includes("__") || name.endsWith("_")) return "must have single underscores, between words";
  if (name.length > 63) return "must be at most 63 characters";
  return null;
}

/** Why `name` cannot be the name of a table, or null. */
export function tableNameProblem(name: string): string | null {
  if (name.startsWith("pg_")) return "is reserved: names starting with pg_ belong to Postgres";
  if (TABLES_OF_THE_RUNNER.has(name)) return "is reserved for the project's own migrations";
  if (name === "health") return "is reserved: /api/health is the health check";
  return identifierProblem(name);
}

/** Why `name` cannot be the name of a column, or null. Built-in columns are judged elsewhere. */
export function columnNameProblem(name: string): string | null {
  if (POSTGRES_SYSTEM_COLUMNS.has(name)) return "is reserved: it is a system column of Postgres";
  if (OBJECT_PROPERTIES.has(name)) return "is reserved: it is a property of every JavaScript object";
  return identifierProblem(name);
}

/** Why `name` cannot be the name of a project, or null. */
export function projectNameProblem(name: string): string | null {
  if (name.length > 50) return "must be at most 50 characters";
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) return "must be kebab-case, as in todo-api";
  return null;
}

/** Why `origin` cannot be one that web pages have, or null. */
export function originProblem(origin: string): string | null {
  if (origin === "*" || origin === "null") return "is no origin: each is named, as in https://app.example.com";
  if (!/^https?:\/\//.test(origin)) return "must start with https:// or http://";
  if (!/^https?:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/.test(origin))
    return "must be a plain host in small letters, with a port at most, as in https://app.example.com";
  if (!URL.canParse(origin) || new URL(origin).origin !== origin)
    return "must be written as browsers do, without the usual port";
  return null;
}

/** Why `path` cannot be the path of a constant endpoint, or null. */
export function constantPathProblem(path: string): string | null {
  if (path.length > 200) return "must be at most 200 characters";
  if (path === "/api/health") return "is taken: every project answers its health check there";
  if (!path.startsWith("/api/")) return `must be below /api/, as in /api${path}`;
  const segments = path.slice("/api/".length).split("/");
  if (segments.some((segment) => !/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/.test(segment))) {
    return "must be made of plain lower-case words, as in /api/ping";
  }
  if (segments.includes("index")) return "must not contain the word index, which names a folder's own route";
  return null;
}

/** `order_items` -> `order-items`. */
export function kebabCase(name: string): string {
  return name.replaceAll("_", "-");
}
