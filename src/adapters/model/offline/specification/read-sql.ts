// schema.sql, read with Postgres' own parser: tables, columns, constraints. What is no part of a plan is listed by its text.
import type { Column, Table } from "../../../../plan/plan.ts";
import { type Specification, addColumn, emptySpecification, findColumn, newTable } from "./specification.ts";
import { applyCheck, applyDefault, checkedColumn, makeUnique, readType } from "./sql-columns.ts";
import { columnOf, fieldsOf, functionOf, isNode, list, names, type Node } from "./sql-nodes.ts";

/** Statements of a dump that say nothing about what the tables hold. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  VariableSetStmt: "SET",
  CommentStmt: "COMMENT",
  CreateSeqStmt: "CREATE SEQUENCE",
  AlterSeqStmt: "ALTER SEQUENCE",
  AlterOwnerStmt: "OWNER TO",
  CreateExtensionStmt: "CREATE EXTENSION",
  TransactionStmt: "BEGIN and COMMIT",
};
const ON_DELETE: Readonly<Record<string, "restrict" | "cascade" | "set null">> = {
  a: "restrict",
  r: "restrict",
  c: "cascade",
  n: "set null",
};

interface Reading {
  specification: Specification;
  enums: Map<string, string[]>;
}

/** Throws the parser's error for a text that is no SQL. */
export async function readSqlSpecification(sql: string): Promise<Specification> {
  const { loadModule, parseSync } = await import("libpg-query");
  await loadModule();
  const { stmts = [] } = parseSync(sql) as { stmts?: { stmt?: Node; stmt_location?: number; stmt_len?: number }[] };
  const reading: Reading = { specification: emptySpecification(), enums: new Map() };
  const bytes = Buffer.from(sql); // places are counted in them
  for (const { stmt = {}, stmt_location: start = 0, stmt_len: length } of stmts) {
    const text = bytes.toString("utf8", start, length ? start + length : undefined);
    readStatement(reading, stmt, text.replace(/\s+/g, " ").trim());
  }
  return reading.specification;
}

function readStatement(reading: Reading, statement: Node, text: string): void {
  const { specification, enums } = reading;
  const [kind = ""] = Object.keys(statement);
  const fields = fieldsOf(statement, kind) ?? {};
  if (kind === "CreateStmt" && !fields["inhRelations"] && !fields["partspec"]) return readTable(reading, fields, text);
  if (kind === "CreateEnumStmt") {
    enums.set(names(fields["typeName"]).at(-1) ?? "", names(fields["vals"]));
    return;
  }
  if (kind === "IndexStmt") return readIndex(specification, fields, text);
  if (kind === "AlterTableStmt") return readAlter(reading, fields, text);
  const without = WITHOUT_EFFECT[kind];
  if (without) specification.assumptions.push(`${without} says nothing about the tables and is not taken over`);
  else specification.leftOut.push(shortened(text));
}

function readTable(reading: Reading, fields: Node, text: string): void {
  const { specification } = reading;
  const table = newTable(relationName(fields["relation"]));
  const elements = list(fields["tableElts"]);
  for (const element of elements) {
    const definition = fieldsOf(element, "ColumnDef");
    if (definition) readColumn(reading, table, definition);
    else if (!fieldsOf(element, "Constraint"))
      specification.leftOut.push(`${table.name}: a part of ${shortened(text)}`);
  }
  specification.tables.push(table);
  for (const element of elements) {
    const constraint = fieldsOf(element, "Constraint");
    if (constraint) readConstraint(specification, table, constraint, names(constraint["keys"]));
  }
}

function readColumn({ specification, enums }: Reading, table: Table, definition: Node): void {
  const name = String(definition["colname"]);
  const read = readType(name, definition["typeName"], enums);
  specification.assumptions.push(
    ...read.assumptions.filter(() => !isBuiltIn(name)).map((line) => `${table.name}.${line}`),
  );
  const { column } = read;
  if (isBuiltIn(name)) return addColumn(specification, table, { ...(column ?? ({} as Column)), name });
  specification.leftOut.push(...read.leftOut.map((line) => `${table.name}.${line}`));
  if (!column) return;
  const constraints = list(definition["constraints"]).flatMap((node): Node[] => {
    const constraint = fieldsOf(node, "Constraint");
    return constraint ? [constraint] : [];
  });
  column.nullable = !constraints.some(({ contype }) => contype === "CONSTR_NOTNULL" || contype === "CONSTR_PRIMARY");
  addColumn(specification, table, column);
  // Checks come first: a default of an enum is one of its values.
  const inOrder = constraints.toSorted(
    (a, b) => Number(b["contype"] === "CONSTR_CHECK") - Number(a["contype"] === "CONSTR_CHECK"),
  );
  for (const constraint of inOrder) readConstraint(specification, table, constraint, [name]);
}

function isBuiltIn(name: string): boolean {
  return name === "id" || name === "created_at" || name === "updated_at";
}

/** A constraint on the columns `keys`, of a column or of a table. */
function readConstraint(specification: Specification, table: Table, constraint: Node, keys: string[]): void {
  const { assumptions, leftOut } = specification;
  const kind = String(constraint["contype"]).replace("CONSTR_", "");
  if (kind === "NOTNULL" || kind === "NULL") return;
  const [key, second] =
    kind === "CHECK"
      ? [checkedColumn(constraint["raw_expr"])]
      : kind === "FOREIGN" && keys.length === 0
        ? names(constraint["fk_attrs"])
        : keys;
  const about = second ? keys : [key ?? keys[0] ?? ""];
  const told = `${table.name}${about[0] ? `.${about.join(", ")}` : ""}`;
  if (key === "id" && !second && (kind === "PRIMARY" || kind === "DEFAULT")) return; // every table has its own id
  const column = second ? undefined : findColumn(table, key);
  if (second && (kind === "UNIQUE" || kind === "PRIMARY")) {
    specification.together.push({ table, keys, primary: kind === "PRIMARY" });
    return;
  }
  if (!column) {
    if (!(key && isBuiltIn(key)))
      leftOut.push(
        `${told}: the constraint ${kind.toLowerCase()}${second ? " on several columns" : ""} is not in a plan`,
      );
    return;
  }
  if (kind === "DEFAULT") {
    const problem = applyDefault(column, constraint["raw_expr"]);
    if (problem) leftOut.push(`${told}: ${problem}`);
  } else if (kind === "UNIQUE" || kind === "PRIMARY") {
    const assumed = makeUnique(column);
    if (assumed) assumptions.push(`${told}: ${assumed}`);
    if (kind === "PRIMARY") assumptions.push(`${told}: is unique and required; the key of every table is its id`);
  } else if (kind === "FOREIGN") readReference(specification, table, column, constraint);
  else if (kind !== "CHECK" || !applyCheck(column, constraint["raw_expr"]))
    leftOut.push(`${told}: this ${kind.toLowerCase()} is not in a plan`);
}

function readReference({ assumptions, leftOut }: Specification, table: Table, column: Column, constraint: Node): void {
  const target = names(constraint["pk_attrs"])[0] ?? "id";
  const deleted = constraint["fk_del_action"];
  const action = typeof deleted === "string" ? ON_DELETE[deleted] : "restrict";
  const parent = relationName(constraint["pktable"]);
  const told = `${table.name}.${column.name}`;
  if (target !== "id" || !action || (action === "set null" && !column.nullable)) {
    leftOut.push(
      `${told}: a reference to ${parent} (${target})${action ? "" : " that sets a default"} is not in a plan`,
    );
    return;
  }
  const name = column.name.endsWith("_id") ? column.name : `${column.name}_id`;
  if (name !== column.name) assumptions.push(`${told}: a reference ends in _id, so it is ${name}`);
  const asText = assumptions.findIndex((text) => text.startsWith(`${told}: a uuid`));
  if (asText !== -1) assumptions.splice(asText, 1); // it is an id now
  const { nullable, unique } = column;
  for (const key of ["maxLength", "minimum", "maximum"] as const) delete column[key];
  Object.assign(column, { name, type: "reference", nullable, unique, default: null });
  column.references = { table: parent, onDelete: action };
}

function readIndex(specification: Specification, fields: Node, text: string): void {
  const { tables, assumptions, leftOut, together } = specification;
  const table = tables.find(({ name }) => name === relationName(fields["relation"]));
  const elements = list(fields["indexParams"]).map((node) => fieldsOf(node, "IndexElem"));
  const [element, second] = elements;
  const keys = elements.flatMap((one) => (typeof one?.["name"] === "string" ? [one["name"]] : []));
  const folded = functionOf(element?.["expr"]) === "lower";
  const [argument] = list(fieldsOf(element?.["expr"], "FuncCall")?.["args"]);
  const column = table && findColumn(table, folded ? columnOf(argument) : String(element?.["name"]));
  if (!fields["unique"])
    assumptions.push(`${shortened(text)}: tb makes its own indexes, for every filter and order of a list`);
  else if (table && second && keys.length === elements.length && !fields["whereClause"])
    together.push({ table, keys, primary: false });
  else if (!column || second || fields["whereClause"] || (folded && column.type !== "string"))
    leftOut.push(shortened(text));
  else {
    const assumed = makeUnique(column);
    if (assumed) assumptions.push(`${table.name}.${column.name}: ${assumed}`);
    if (folded) leftOut.push(`${shortened(text)}: only an e-mail address is unique whatever its case`);
  }
}

function readAlter({ specification }: Reading, fields: Node, text: string): void {
  const table = specification.tables.find(({ name }) => name === relationName(fields["relation"]));
  for (const node of list(fields["cmds"])) {
    const command = fieldsOf(node, "AlterTableCmd") ?? {};
    const constraint = fieldsOf(command["def"], "Constraint");
    const key = String(command["name"]);
    if (table && command["subtype"] === "AT_AddConstraint" && constraint)
      readConstraint(specification, table, constraint, names(constraint["keys"]));
    else if (command["subtype"] === "AT_ChangeOwner" || (command["subtype"] === "AT_ColumnDefault" && isBuiltIn(key)))
      specification.assumptions.push(`${shortened(text)}: is not taken over`);
    else specification.leftOut.push(shortened(text));
  }
}

function relationName(relation: unknown): string {
  return isNode(relation) ? String(relation["relname"]) : "";
}

function shortened(text: string): string {
  const line = text.replace(/[^\P{C}]/gu, " ");
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
