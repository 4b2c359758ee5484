// Reads SQL that a model has written with Postgres' own parser and refuses what is not known to be harmless. The rights of the
// role that it runs as are what it cannot get past; this keeps it from what these rights still allow (ending tb's transaction,
// changing its own session, holding locks by functions), and says so in words that a model can act on.
import {
  CATALOG_VIEWS,
  FIELDS,
  FUNCTIONS,
  INDEX_METHODS,
  NODES,
  OBJECTS,
  OPTIONS,
  STATEMENTS,
  TABLE_CHANGES,
} from "./allowed.ts";

/** Characters of a text, and statements in it. */
export const LONGEST_SQL = 20_000;
const MOST_STATEMENTS = 50;
/** Levels of the parsed text; a long chain of operators is one level each. */
const DEEPEST = 600;
const SCHEMA = "public";

export interface VettedStatement {
  text: string;
  kind: "rows" | "schema";
}

export type Vetted =
  | {
      statements: VettedStatement[];
      /** Tables and views that are named, sorted. */
      tables: string[];
    }
  | { problems: string[] };

type Fields = Record<string, unknown>;

/** Never throws for what the text holds. */
export async function vetSql(sql: string): Promise<Vetted> {
  if (sql.length > LONGEST_SQL) return { problems: [`It is longer than ${LONGEST_SQL} characters.`] };
  if (sql.includes("\0")) return { problems: ["It holds a NUL character."] };
  const { loadModule, parseSync } = await import("libpg-query");
  await loadModule();
  let parsed: { stmts?: RawStatement[] };
  try {
    parsed = parseSync(sql);
  } catch (error) {
    return { problems: [explain(error)] };
  }
  const found = parsed.stmts ?? [];
  if (found.length === 0) return { problems: ["It holds no statement."] };
  if (found.length > MOST_STATEMENTS) return { problems: [`It holds more than ${MOST_STATEMENTS} statements.`] };
  const inspector = createInspector();
  const statements = found.map((one) => inspector.statement(one, sql));
  const problems = [...inspector.problems];
  return problems.length > 0 ? { problems } : { statements, tables: [...inspector.tables].toSorted() };
}

interface RawStatement {
  stmt?: Record<string, unknown>;
  /** In bytes; left out for the first and for the last one. */
  stmt_location?: number;
  stmt_len?: number;
}

function createInspector() {
  const problems = new Set<string>();
  const tables = new Set<string>();

  function statement({ stmt = {}, stmt_location = 0, stmt_len }: RawStatement, sql: string): VettedStatement {
    const kind = STATEMENTS.get(Object.keys(stmt)[0] ?? "");
    if (kind) visit(stmt, 0);
    else problems.add(`${statementName(Object.keys(stmt)[0])} is not allowed here.`);
    const bytes = Buffer.from(sql).subarray(
      stmt_location,
      stmt_len === undefined ? undefined : stmt_location + stmt_len,
    );
    return { text: bytes.toString().trim(), kind: kind ?? "rows" };
  }

  function visit(value: unknown, depth: number): void {
    if (depth > DEEPEST) {
      problems.add("It is nested too deeply.");
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item, depth + 1);
    } else if (typeof value === "object" && value !== null) {
      const fields = value as Fields;
      for (const problem of problemsOf(fields)) problems.add(problem);
      if (typeof fields["relname"] === "string") tables.add(fields["relname"]);
      for (const [key, inner] of Object.entries(fields)) {
        if (isKnown(key)) visit(inner, depth + 1);
        else problems.add(`${wordsOf(key)} is not allowed here.`);
      }
    }
  }

  return { statement, problems, tables };
}

/** Nodes begin with a capital letter, fields do not. */
function isKnown(key: string): boolean {
  return /^[A-Z]/.test(key) ? NODES.has(key) : FIELDS.has(key);
}

/** What is wrong with this very part, without what is in it. */
function problemsOf(fields: Fields): string[] {
  return CHECKS.flatMap((check) => check(fields) ?? []);
}

type Check = (fields: Fields) => string | undefined;

const CHECKS: readonly Check[] = [
  function relation({ relname, schemaname, catalogname, relpersistence }) {
    if (typeof relname !== "string") return undefined;
    if (catalogname !== undefined) return "Names of databases are not allowed.";
    if (schemaname === "information_schema" && CATALOG_VIEWS.has(relname)) return undefined;
    if (schemaname !== undefined && schemaname !== SCHEMA) return `Only schema ${SCHEMA} is yours to use.`;
    if (/^pg_/i.test(relname)) return `${relname} is a catalog of the server.`;
    return relpersistence === "p" ? undefined : "Temporary and unlogged tables are not allowed.";
  },

  function functionCall({ funcname }) {
    if (funcname === undefined) return undefined;
    const names = strings(funcname);
    const name = names.at(-1) ?? "";
    return isBuiltIn(names) && FUNCTIONS.has(name) ? undefined : `Function ${names.join(".")} is not allowed here.`;
  },

  function type({ names }) {
    if (names === undefined) return undefined;
    const parts = strings(names);
    const name = parts.at(-1) ?? "";
    const fine = (isBuiltIn(parts) || (parts.length === 2 && parts[0] === SCHEMA)) && !/^(_?reg|pg_|_pg_)/.test(name);
    return fine ? undefined : `Type ${parts.join(".")} is not allowed here.`;
  },

  function operator({ name, operName }) {
    const parts = strings(name ?? operName);
    return parts.length < 2 || isBuiltIn(parts) ? undefined : `Operator ${parts.join(".")} is not allowed here.`;
  },

  function otherNames({ collname, opclass }) {
    const parts = strings(collname ?? opclass);
    return parts.length < 2 || isBuiltIn(parts) ? undefined : `${parts.join(".")} is not allowed here.`;
  },

  function option({ defname }) {
    return typeof defname !== "string" || OPTIONS.has(defname) ? undefined : `Option ${defname} is not allowed here.`;
  },

  function tableChange({ subtype }) {
    return typeof subtype !== "string" || TABLE_CHANGES.has(subtype)
      ? undefined
      : `${wordsOf(subtype.replace("AT_", ""))} is not allowed here.`;
  },

  function object({ removeType, renameType, objtype, objects }) {
    const kinds = [removeType, renameType, objtype].filter((kind) => typeof kind === "string");
    if (kinds.some((kind) => !OBJECTS.has(kind)))
      return "Only tables, columns, constraints, indexes, views, sequences and types may be changed.";
    return qualifiedNames(objects).every((parts) => parts.length === 1 || (parts.length === 2 && parts[0] === SCHEMA))
      ? undefined
      : `Only what is in schema ${SCHEMA} may be dropped.`;
  },

  function indexMethod({ accessMethod, access_method }) {
    const method = accessMethod ?? access_method;
    return typeof method !== "string" || INDEX_METHODS.has(method)
      ? undefined
      : `Index method ${method} is not allowed.`;
  },
];

/** Not qualified, or by the schema that is searched first anyway. */
function isBuiltIn(names: string[]): boolean {
  return names.length === 1 || (names.length === 2 && names[0] === "pg_catalog");
}

/** The texts of a list of String nodes; none for anything else. */
function strings(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: { String?: { sval?: string } }) => item.String?.sval ?? []);
}

/** Of DROP: a list of names each, or a type. */
function qualifiedNames(objects: unknown): string[][] {
  if (!Array.isArray(objects)) return [];
  return objects.map((one: { List?: { items?: unknown }; TypeName?: { names?: unknown } }) =>
    strings(one.List?.items ?? one.TypeName?.names),
  );
}

/** "TransactionStmt" → "TRANSACTION"; "VariableSetStmt" → "VARIABLE SET". */
function statementName(node = "This"): string {
  return wordsOf(node.replace(/Stmt$/, ""));
}

function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toUpperCase();
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // The first from JavaScript's stack, the second from the parser's own.
  if (error instanceof Error && ["RangeError", "RuntimeError"].includes(error.name)) return "It is nested too deeply.";
  const details = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails;
  return details?.cursorPosition ? `${message} at character ${details.cursorPosition + 1}.` : `${message}.`;
}
