// schema.dbml (dbdiagram.io): read by its own parser, and told to the reader of SQL as the statements that it stands for.
import type { Database } from "@dbml/parse";
import { singularOf } from "../understand/inflect.ts";
import { readSqlSpecification } from "./read-sql.ts";
import type { Specification } from "./specification.ts";

type DbmlTable = Database["tables"][number];
type Field = DbmlTable["fields"][number];

/** Statements in SQL, and what has none. */
interface Told {
  statements: string[];
  assumptions: string[];
  leftOut: string[];
}

/** Names of types that diagrams use and Postgres does not. */
const TYPES: Readonly<Record<string, string>> = {
  datetime: "timestamp",
  string: "varchar",
  integer: "int",
  double: "float8",
};
/** What may stand in SQL unquoted: a type, a call without arguments. Nothing of it is run, but it has to be parsed. */
const TYPE = /^[a-z][a-z0-9_ ]*(?:\([\d, ]*\))?(?:\[\])?$/i;
const EXPRESSION = /^[\w\s().,':<>=+*-]+$/;

/** Throws an Error for a text that is no DBML. */
export async function readDbmlSpecification(text: string): Promise<Specification> {
  const { Compiler, DEFAULT_ENTRY, MemoryProjectLayout } = await import("@dbml/parse");
  const layout = new MemoryProjectLayout();
  layout.setSource(DEFAULT_ENTRY, text);
  const report = new Compiler(layout).interpretFile(DEFAULT_ENTRY);
  const [error] = report.getErrors();
  const database = report.getValue();
  if (error) throw new Error(`line ${text.slice(0, error.start).split("\n").length}: ${error.message}`);
  if (!database) throw new Error("it is no DBML.");
  const told: Told = { statements: [], assumptions: [], leftOut: [] };
  for (const { name, values } of database.enums)
    told.statements.push(
      `create type ${quoted(name)} as enum (${values.map((value) => literal(value.name)).join(", ")})`,
    );
  const enums = new Set(database.enums.map(({ name }) => name));
  for (const table of database.tables) tellTable(told, table, enums);
  for (const reference of database.refs) tellReference(told, reference);
  tellOthers(told, database);
  const specification = await readSqlSpecification(told.statements.map((statement) => `${statement};`).join("\n"));
  specification.assumptions.push(...told.assumptions);
  specification.leftOut.push(...told.leftOut);
  return specification;
}

function tellTable(
  told: Told,
  { name, fields, indexes, checks, partials }: DbmlTable,
  enums: ReadonlySet<string>,
): void {
  const columns = fields.flatMap((field) => column(told, name, field, enums));
  const rules = checks.map(({ expression }) => `check (${expression})`);
  told.statements.push(`create table ${quoted(name)} (${[...columns, ...rules].join(", ")})`);
  if (partials.length > 0) told.leftOut.push(`${name}: partial tables are not in a plan`);
  for (const index of indexes) {
    const expression = index.columns.some(({ type }) => type !== "column");
    const keys = index.columns.map(({ value }) => quoted(value)).join(", ");
    if (expression) told.leftOut.push(`${name}: an index on an expression is not in a plan`);
    else if (index.pk) told.statements.push(`alter table ${quoted(name)} add primary key (${keys})`);
    else if (index.unique && index.columns.length > 1)
      told.statements.push(`alter table ${quoted(name)} add unique (${keys})`);
    else told.statements.push(`create ${index.unique ? "unique " : ""}index on ${quoted(name)} (${keys})`);
  }
}

function column(told: Told, table: string, field: Field, enums: ReadonlySet<string>): string[] {
  const { type_name: type } = field.type;
  const known = enums.has(type) ? quoted(type) : (TYPES[type.toLowerCase()] ?? type);
  if (!enums.has(type) && !TYPE.test(known)) {
    told.leftOut.push(`${table}.${field.name}: the type ${type} has no counterpart in a plan`);
    return [];
  }
  if (field.increment && field.name !== "id")
    told.leftOut.push(`${table}.${field.name}: counting up by itself is not in a plan`);
  const rules = [
    ...(field.pk ? ["primary key"] : field.not_null ? ["not null"] : []),
    ...(field.unique ? ["unique"] : []),
    ...standard(told, table, field),
    ...field.checks.map(({ expression }) => `check (${expression})`),
  ];
  return [[quoted(field.name), known, ...rules].join(" ")];
}

function standard(told: Told, table: string, { name, dbdefault }: Field): string[] {
  if (!dbdefault) return [];
  const value = String(dbdefault.value);
  if (dbdefault.type === "string") return [`default ${literal(value)}`];
  if (EXPRESSION.test(value)) return [`default ${value}`];
  told.leftOut.push(`${table}.${name}: its default is an expression, which a plan cannot say`);
  return [];
}

function tellReference(told: Told, { endpoints, onDelete }: Database["refs"][number]): void {
  const [left, right] = endpoints;
  const [a, b] = [left.fieldNames, right.fieldNames];
  const words = `${left.tableName}.${a.join(", ")} and ${right.tableName}.${b.join(", ")}`;
  if (a.length !== 1 || b.length !== 1) told.leftOut.push(`${words}: a reference of several columns is not in a plan`);
  else if (left.relation === "*" && right.relation === "*") tellManyToMany(told, left.tableName, right.tableName);
  else {
    // Of two that refer to one each, the one with the key is referred to.
    const holdsLeft = left.relation === "*" || (right.relation !== "*" && a[0] !== "id");
    const [from, to] = holdsLeft ? [left, right] : [right, left];
    const action = onDelete ? ` on delete ${onDelete}` : "";
    const key = quoted(from.fieldNames[0]!);
    if (left.relation !== "*" && right.relation !== "*")
      told.statements.push(`alter table ${quoted(from.tableName)} add unique (${key})`);
    told.statements.push(
      `alter table ${quoted(from.tableName)} add foreign key (${key}) references ${quoted(to.tableName)} (${quoted(to.fieldNames[0]!)})${action}`,
    );
  }
}

function tellManyToMany(told: Told, a: string, b: string): void {
  const name = `${singularOf(a)}_${b}`;
  const [one, other] = [singularOf(a), a === b ? `other_${singularOf(b)}` : singularOf(b)];
  const reference = (key: string, table: string) =>
    `${quoted(`${key}_id`)} varchar(21) not null references ${quoted(table)} (id)`;
  const once = `unique (${quoted(`${one}_id`)}, ${quoted(`${other}_id`)})`;
  told.statements.push(`create table ${quoted(name)} (${reference(one, a)}, ${reference(other, b)}, ${once})`);
  told.assumptions.push(
    `${name}: added between ${a} and ${b}, which relate many to many; each pair is there at most once`,
  );
}

/** What describes a diagram is stated as not taken over; rows are left out. */
function tellOthers(told: Told, { tableGroups, notes, project, records, tables }: Database): void {
  const described = notes.length > 0 || tables.some(({ note, fields }) => note || fields.some((field) => field.note));
  if (described) told.assumptions.push("notes are not taken over");
  if (tableGroups.length > 0) told.assumptions.push("groups of tables are not taken over");
  if (project) told.assumptions.push("what describes the project is not taken over");
  if (records.length > 0) told.leftOut.push("records: rows are not in a plan");
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
