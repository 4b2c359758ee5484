// tests/factories.ts: makes the records that the tests need, with what those refer to.
import type { Column, Plan, Table } from "../../../../plan/plan.ts";
import { tableOf } from "./plan-tables.ts";
import { hasOperation, isRequired, ownColumns } from "./plan-tables.ts";
import { callLine, importLine, property } from "./source.ts";
import { canMakeRows, sample } from "./test-values.ts";
import { pascal, spoken, typeName } from "./type-names.ts";
import { withArticle } from "../../../../plan/endpoints.ts";

/** Tables whose rows the tests can make. */
export function factoryTables(plan: Plan): Table[] {
  return plan.tables.filter((table) => isMade(plan, table));
}

/** Whether the tests can make rows of the table, through the API. */
export function isMade(plan: Plan, table: Table): boolean {
  if (table.account) return false; // tests/sign-up.ts does that
  if (!hasOperation(plan, table, "create") || !canMakeRows(plan.tables, table)) return false;
  return requiredParents(plan, table).every((parent) => isMade(plan, parent));
}

function requiredParents(plan: Plan, table: Table): Table[] {
  return ownColumns(table)
    .filter(({ references, nullable }) => references && !nullable)
    .map(({ references }) => tableOf(plan, references!.table));
}

/** "createTask" */
export function createFunction(table: Table): string {
  return `create${pascal(table.singular)}`;
}

/** "newTask" */
export function bodyFunction(table: Table): string {
  return `new${pascal(table.singular)}`;
}

export function renderFactories(plan: Plan): string {
  const tables = factoryTables(plan);
  const functions = tables.map((table) => `${newBody(plan, table)}\n\n${createRow(plan, table)}`).join("\n\n");
  const imports = [
    'import assert from "node:assert/strict";',
    ...(functions.includes("randomInt(") ? ['import { randomInt } from "node:crypto";'] : []),
    ...(functions.includes("nanoid(") ? ['import { nanoid } from "nanoid";'] : []),
    ...tables.toSorted((a, b) => (a.singular < b.singular ? -1 : 1)).map((table) => typeImport(table)),
    'import { call } from "./app.ts";',
  ];
  return `${imports.join("\n")}\n\n${functions}\n`;
}

function typeImport(table: Table): string {
  const type = typeName(table);
  const names = [`New${type}`, type].toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return importLine(names, `../server/schemas/${table.singular}.ts`, "import type");
}

function newBody(plan: Plan, table: Table): string {
  const type = `New${typeName(table)}`;
  const columns = ownColumns(table).filter(isRequired);
  const lines = columns.map((column) => `${property("    ", column.name, value(plan, column))}\n`);
  const waits = makesParents(table);
  const name = `export ${waits ? "async " : ""}function ${bodyFunction(table)}`;
  const head = callLine("", name, parameters(table), `: ${waits ? `Promise<${type}>` : type} {`);
  const body = ownColumns(table).length > 0 ? `{\n${lines.join("")}    ...given,\n  }` : "{}";
  return `/** What makes ${withArticle(spoken(table.singular))}, with only what is required. */\n${head}\n  return ${body};\n}`;
}

/** A table without columns of its own takes nothing. */
function parameters(table: Table): string[] {
  return ownColumns(table).length > 0 ? [`given: Partial<New${typeName(table)}> = {}`] : [];
}

/** Whether the body of a new row needs rows that have to be made first. */
function makesParents(table: Table): boolean {
  return ownColumns(table).some((column) => isRequired(column) && column.references);
}

function value(plan: Plan, column: Column): string {
  if (!column.references) return sample(column);
  return `given.${column.name} ?? (await ${createFunction(tableOf(plan, column.references.table))}()).id`;
}

function createRow(plan: Plan, table: Table): string {
  const type = typeName(table);
  const create = plan.endpoints.find(({ operation }) => operation.kind === "create" && operation.table === table.name);
  const name = `export async function ${createFunction(table)}`;
  const given = ownColumns(table).length > 0 ? "given" : "";
  const body = `${makesParents(table) ? "await " : ""}${bodyFunction(table)}(${given})`;
  const request = ['"POST"', `"${create!.path}"`, body];
  return [
    callLine("", name, parameters(table), `: Promise<${type}> {`),
    callLine("  ", `const { status, body } = await call<${type}>`, request, ";"),
    "  assert.equal(status, 201);\n  return body;\n}",
  ].join("\n");
}
