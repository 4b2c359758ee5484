// The plan: the one typed result of understanding a request, the same from every model.

/** Types a column may have in a plan. SQL type and contract are derived from it (sql-types in render-migration.ts):
 * id varchar(21) nanoid · string varchar(n) · text · integer int4 · bigint int8 · decimal numeric(12,2) · boolean ·
 * timestamp bigint unix seconds · date · enum varchar with check · email, url: checked strings · json jsonb ·
 * string[] text[] · reference varchar(21) foreign key */
export type ColumnType =
  | "id"
  | "string"
  | "text"
  | "integer"
  | "bigint"
  | "decimal"
  | "boolean"
  | "timestamp"
  | "date"
  | "enum"
  | "email"
  | "url"
  | "json"
  | "string[]"
  | "reference";

export interface Column {
  /** snake_case, at most 63 bytes; a reference ends in `_id`. */
  name: string;
  type: ColumnType;
  nullable: boolean;
  unique: boolean;
  /** Literal default, or null for none. `now` is written as the string "now" for a timestamp. */
  default: string | number | boolean | null;
  references: { table: string; onDelete: "restrict" | "cascade" | "set null" } | null;
  /** Characters, for string, email and url; defaults 200, 320 and 2000 are written out by the builder. */
  maxLength?: number;
  minLength?: number;
  /** Inclusive bounds, for integer, bigint and decimal. */
  minimum?: number;
  maximum?: number;
  /** Allowed values, for enum. */
  values?: string[];
}

/** `columns` holds every column of the table in order, `id` first and `created_at`, `updated_at` last. */
export interface Table {
  /** Plural, snake_case: also the name of the collection in the API (`/api/<name>`). */
  name: string;
  /** Singular, snake_case: "task" for "tasks"; names the type (`Task`) and the file (`server/schemas/task.ts`). */
  singular: string;
  columns: Column[];
  /** Columns whose words the list finds (`?q=`), in order; absent where nobody has asked for it. */
  search?: string[];
  /** Deleted rows stay in the table, where the API no longer sees them (soft-delete.ts); absent where they go. */
  softDelete?: true;
  /** Required references that no two rows share all of: a link is there once. Absent where they may. */
  uniqueTogether?: string[];
  /** Each row is shown with its absolute `url`; absent where it is not. */
  url?: true;
  /** Its rows are accounts: whoever signs up makes one, logs in and has a token, which all other endpoints need (accounts.ts).
   * Absent where there are none. */
  account?: true;
  /** The reference to the account that a row belongs to: filled in from the token, and nobody else sees the row. What is unique
   * is so among the rows of one owner. Absent where rows are everybody's. */
  owner?: string;
}

export type HttpMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** What an endpoint does (create of an account signs up; delete-all deletes what the filters of the list match, all rows without any); `table` is the table whose rows it returns, `parent` the owner of a nested list. */
export type Operation =
  | { kind: "health" }
  | { kind: "constant"; body: unknown }
  | { kind: "list" | "create" | "get" | "update" | "delete" | "delete-all" | "log-in" | "log-out"; table: string }
  | { kind: "nested-list"; table: string; parent: string; column: string };

export interface Endpoint {
  method: HttpMethod;
  /** OpenAPI form: `/api/users/{id}`. */
  path: string;
  /** Route file inside the project: `server/api/users/[id].get.ts`. */
  file: string;
  summary: string;
  operation: Operation;
}

export interface Plan {
  kind: "create";
  /** kebab-case project name derived from the request: `todo-api`. */
  name: string;
  request: string;
  database: { needed: boolean; reasoning: string };
  tables: Table[];
  endpoints: Endpoint[];
  /** Origins whose web pages may use the API (CORS): `https://app.example.com`; absent where none may. */
  cors?: string[];
  /** Sentences a person reads: what was decided without being asked. */
  assumptions: string[];
  /** Parts of the request left out on purpose; empty unless the user allowed it. */
  not_understood: string[];
}

/** A part of the request that no rule of the model covers; offsets are UTF-16 code units into the request. */
export interface NotUnderstood {
  start: number;
  end: number;
  text: string;
  reason: string;
  suggestion: string | null;
}

/** What a model answers to "design this": a plan, or the parts it did not understand. */
export type DesignAnswer = { understood: true; plan: Plan } | { understood: false; problems: NotUnderstood[] };
