// The plan that a project's own contract and database stand for. It says what is probed when nobody has planned the code:
// main was changed by hand. Where contract and columns are not those of a plain table, an endpoint stays out of it and is
// called with a request made from openapi.json alone.
import { accountTable } from "../../plan/accounts.ts";
import { kebabCase } from "../../plan/names.ts";
import type { Endpoint, HttpMethod, Operation, Plan, Table } from "../../plan/plan.ts";
import type { SchemaFacts } from "../introspect.ts";
import type { Contract, JsonSchema, Operation as ContractOperation } from "../probe/contract.ts";
import { writable } from "../probe/rows.ts";
import { LOG_IN, LOG_OUT } from "./found-accounts.ts";
import { foundTables } from "./found-table.ts";

/** `facts` is null for a project without a database, `contract` for one whose openapi.json is of no use. */
export function foundPlan(name: string, contract: Contract | null, facts: SchemaFacts | null): Plan {
  const { tables, plain } = contract && facts ? foundTables(contract, facts) : { tables: [], plain: new Set<string>() };
  const known: Known = { tables, plain, facts };
  const accounts = accountTable(tables);
  const endpoints = [...(contract?.operations ?? [])].flatMap(([key, operation]) => {
    const found = (accounts && ofSessions(key, accounts)) ?? operationOf(key, operation, contract!, known);
    return found ? [endpointOf(key, found)] : [];
  });
  return {
    kind: "create",
    name,
    request: "",
    database: { needed: facts !== null, reasoning: "" },
    tables,
    endpoints,
    assumptions: [],
    not_understood: [],
  };
}

interface Known {
  tables: Table[];
  plain: ReadonlySet<string>;
  facts: SchemaFacts | null;
}

function endpointOf(key: string, operation: Operation): Endpoint {
  const [method = "GET", path = ""] = key.split(" ");
  return { method: method as HttpMethod, path, file: "", summary: "", operation };
}

function ofSessions(key: string, { name }: Table): Operation | undefined {
  if (key === LOG_IN) return { kind: "log-in", table: name };
  return key === LOG_OUT ? { kind: "log-out", table: name } : undefined;
}

/** null for an endpoint that is not one of a table's own. */
function operationOf(key: string, operation: ContractOperation, contract: Contract, known: Known): Operation | null {
  if (key === "GET /api/health") return { kind: "health" };
  const [method, path = ""] = key.split(" ");
  const [, collection, item, nested] = /^\/api\/([\w-]+)(\/\{\w+\}(?:\/([\w-]+))?)?$/.exec(path) ?? [];
  const [rows, role] = (nested ?? collection ?? "").split("-as-");
  const table = known.tables.find(({ name }) => known.plain.has(name) && kebabCase(name) === rows);
  if (!table || operation.parameters.some((parameter) => parameter.in === "query" && parameter.required)) return null;
  if (nested !== undefined) {
    const parent = known.tables.find(({ name }) => kebabCase(name) === collection);
    const column = parent && referenceTo(parent, table, role);
    if (method !== "GET" || !column || !isPage(operation, table, contract)) return null;
    return { kind: "nested-list", table: table.name, parent: parent.name, column };
  }
  const whole = item === undefined;
  switch (method) {
    case "GET":
      if (whole) return isPage(operation, table, contract) ? { kind: "list", table: table.name } : null;
      return showsRow(answerOf(operation), table, contract) ? { kind: "get", table: table.name } : null;
    case "POST":
      return whole ? { kind: "create", table: table.name } : null;
    case "PATCH":
      return !whole && changesEverything(operation, table, contract) ? { kind: "update", table: table.name } : null;
    case "DELETE":
      if (whole) return operation.body ? null : { kind: "delete-all", table: table.name };
      return !operation.body && !keepsDeleted(table, known) ? { kind: "delete", table: table.name } : null;
    case undefined:
    default:
      return null;
  }
}

/** The column whose rows a nested list shows: the only one that refers to the parent, or the one that is named like it
 * (`/api/products/{id}/order-items`) or like its role (`/api/products/{id}/order-items-as-gift`). */
function referenceTo(parent: Table, table: Table, role: string | undefined): string | undefined {
  const columns = table.columns.filter((column) => column.references?.table === parent.name).map(({ name }) => name);
  if (role === undefined && columns.length === 1) return columns[0];
  const named = `${role?.replaceAll("-", "_") ?? parent.singular}_id`;
  return columns.find((name) => name === named);
}

function answerOf({ responses }: ContractOperation): JsonSchema | null {
  return responses.get(200)?.get("application/json") ?? null;
}

function showsRow(schema: JsonSchema | null | undefined, table: Table, contract: Contract): boolean {
  const properties = schema ? (contract.resolve(schema).properties ?? {}) : {};
  return table.columns.every(({ name }) => Object.hasOwn(properties, name));
}

/** Pages of rows, with the usual parameters. */
function isPage(operation: ContractOperation, table: Table, contract: Contract): boolean {
  const schema = answerOf(operation);
  const properties = schema ? (contract.resolve(schema).properties ?? {}) : {};
  const items = properties["items"] && contract.resolve(properties["items"]).items;
  const asked = operation.parameters.map((parameter) => parameter.name);
  return (
    Object.hasOwn(properties, "next_cursor") &&
    ["limit", "cursor"].every((name) => asked.includes(name)) &&
    showsRow(items, table, contract)
  );
}

/** Any field alone, and only fields of the table; some column that a client may not change is a rule of its own. */
function changesEverything({ body }: ContractOperation, table: Table, contract: Contract): boolean {
  const schema = body ? contract.resolve(body) : {};
  const properties = Object.keys(schema.properties ?? {});
  const own = writable(table);
  return (
    own.length > 0 &&
    (schema.required ?? []).length === 0 &&
    properties.every((name) => own.some((column) => column.name === name)) &&
    own.every((column) => column.type === "reference" || properties.includes(column.name))
  );
}

/** A row that is only marked as deleted stays in its table. */
function keepsDeleted({ name }: Table, { facts }: Known): boolean {
  const marks = facts?.columns.filter((column) => /^(is_)?(deleted|archived|removed)(_at)?$/.test(column.name)) ?? [];
  return marks.some(({ table }) => table === name);
}
