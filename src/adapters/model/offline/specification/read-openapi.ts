// openapi.yaml or openapi.json: each collection (`/tasks` with POST) is a table. What else the API does is listed.
import type { Table } from "../../../../plan/plan.ts";
import { filterColumns } from "../../../../plan/listing.ts";
import { BUILT_IN_COLUMNS } from "../../../../plan/names.ts";
import { pluralOf, singularOf } from "../understand/inflect.ts";
import { readProperty, type Resolve, snakeCase } from "./openapi-columns.ts";
import { addColumn, emptySpecification, newTable, type Specification } from "./specification.ts";
import { isNode, list, type Node } from "./sql-nodes.ts";

const METHODS = new Set(["get", "post", "put", "patch", "delete", "head", "options", "trace"]);
const OWN_PARAMETERS = new Set(["limit", "cursor", "sort", "include"]);
const REFERENCE = /^#\/components\/(\w+)\/([^/]+)$/;
/** References that lead to references. */
const DEEPEST = 20;

/** Throws an Error for a text that is no OpenAPI 3 document. */
export async function readOpenapiSpecification(text: string): Promise<Specification> {
  const { parse } = await import("yaml");
  const document: unknown = parse(text);
  if (!isNode(document) || !String(document["openapi"]).startsWith("3.") || !isNode(document["paths"]))
    throw new Error("it is no OpenAPI 3 document with paths.");
  const specification = emptySpecification();
  const resolve = resolverOf(document);
  const paths = Object.entries(document["paths"]).map(([path, item]) => ({ path, item: isNode(item) ? item : {} }));
  for (const { path, item } of paths) readCollection(specification, path, item, resolve);
  for (const table of specification.tables) makeReferences(specification, table);
  for (const { path, item } of paths) readOperations(specification, path, item, resolve);
  for (const table of specification.tables) stateAdded(specification, table, paths);
  if (isNode(child(document, "components")["securitySchemes"]))
    specification.leftOut.push("securitySchemes: accounts and tokens are not in a plan");
  if (document["webhooks"]) specification.leftOut.push("webhooks: are not in a plan");
  return specification;
}

function child(node: Node, key: string): Node {
  return isNode(node[key]) ? node[key] : {};
}

function resolverOf(document: Node): Resolve {
  const components = child(document, "components");
  return (given) => {
    let current = isNode(given) ? given : {};
    for (let depth = 0; typeof current["$ref"] === "string" && depth < DEEPEST; depth++) {
      const [, section = "", name = ""] = REFERENCE.exec(current["$ref"]) ?? [];
      current = child(child(components, section), name);
    }
    return current;
  };
}

/** `/api/v1/order-items` -> "order_items"; null for a path with a parameter in it. */
function collectionName(path: string): string | null {
  const last = path.split("/").findLast((segment) => segment !== "");
  return !last || path.includes("{") ? null : snakeCase(last);
}

function readCollection(specification: Specification, path: string, item: Node, resolve: Resolve): void {
  const name = collectionName(path);
  const schema = resolve(jsonOf(child(child(item, "post"), "requestBody"), resolve));
  if (name === null || !isNode(schema["properties"])) return;
  const table = newTable(name);
  const required = new Set(list(schema["required"]));
  for (const [property, given] of Object.entries(schema["properties"])) {
    const { column, assumptions, leftOut } = readProperty(property, given, required.has(property), resolve);
    const builtIn = BUILT_IN_COLUMNS.some((one) => one === snakeCase(property));
    if (!builtIn) specification.assumptions.push(...assumptions.map((line) => `${name}.${line}`));
    if (!builtIn) specification.leftOut.push(...leftOut.map((line) => `${name}.${line}`));
    if (column) addColumn(specification, table, column);
  }
  for (const property of answersOnly(item, schema["properties"], resolve))
    specification.leftOut.push(`${name}.${property}: is only in answers, so something computes it`);
  if (path !== `/api/${name.replaceAll("_", "-")}`)
    specification.assumptions.push(`${path}: is /api/${name.replaceAll("_", "-")} here`);
  specification.tables.push(table);
}

/** Properties of the answer to a create that nobody sends. */
function answersOnly(item: Node, sent: Node, resolve: Resolve): string[] {
  const responses = child(child(item, "post"), "responses");
  const success = Object.entries(responses).find(([status]) => status.startsWith("2"))?.[1];
  const answer = resolve(jsonOf(isNode(success) ? success : {}, resolve));
  return Object.keys(child(answer, "properties")).filter(
    (name) => !Object.hasOwn(sent, name) && !BUILT_IN_COLUMNS.some((one) => one === snakeCase(name)),
  );
}

function jsonOf(body: Node, resolve: Resolve): Node {
  return resolve(child(child(body, "content"), "application/json")["schema"]);
}

/** `user_id` refers to a user where there are users. */
function makeReferences(specification: Specification, table: Table): void {
  const { tables } = specification;
  for (const column of table.columns) {
    const noun = column.name.replace(/_id$/, "");
    const parent = tables.find(
      ({ name }) => noun !== column.name && (name === pluralOf(noun) || singularOf(name) === noun),
    );
    if (!parent || column.type !== "string") continue;
    const about = `${table.name}.${column.name}:`;
    specification.assumptions = [
      ...specification.assumptions.filter((line) => !line.startsWith(`${about} has no length`)), // an id has its own
      `${about} refers to ${parent.name}`,
    ];
    const { name, nullable } = column;
    for (const key of ["maxLength", "minLength"] as const) delete column[key];
    Object.assign(column, { name, type: "reference", default: null });
    column.references = { table: parent.name, onDelete: nullable ? "set null" : "restrict" };
  }
}

/** What the plan does not do of a path's operations; what it does besides is stated. */
function readOperations(specification: Specification, path: string, item: Node, resolve: Resolve): void {
  const { tables, leftOut } = specification;
  const methods = Object.keys(item).filter((key) => METHODS.has(key));
  const [base = "", rest] = path.split(/\/\{[^}]+\}/);
  const table = tables.find(({ name }) => name === collectionName(base));
  const nested = rest ? tables.find(({ name }) => name === collectionName(rest)) : undefined;
  const depth = path.split("{").length - 1;
  for (const method of methods) {
    const told = `${method.toUpperCase()} ${path}`;
    const below = nested?.columns.some(({ references }) => references?.table === table?.name);
    const done =
      table !== undefined &&
      ((depth === 0 && (method === "get" || method === "post")) ||
        (depth === 1 && rest === "" && /^(?:get|patch|delete)$/.test(method)) ||
        (depth === 1 && method === "get" && below === true));
    if (told === "GET /health" || told === "GET /api/health") continue; // every project answers it
    if (method === "put" && table && depth === 1 && rest === "") leftOut.push(`${told}: rows are changed by PATCH`);
    else if (!done) leftOut.push(`${told}: is not in a plan`);
    else if (table) readParameters(specification, told, table, child(item, method), resolve);
  }
}

/** Operations that a plan has for every table, also where the specification has not. */
function stateAdded({ assumptions }: Specification, { name }: Table, paths: { path: string; item: Node }[]): void {
  const has = (method: string, ofOne: boolean) =>
    paths.some(({ path, item }) => {
      const [base = "", rest] = path.split(/\/\{[^}]+\}/);
      return isNode(item[method]) && collectionName(base) === name && (ofOne ? rest === "" : rest === undefined);
    });
  const added = [
    ...(has("get", false) ? [] : ["list"]),
    ...(has("get", true) ? [] : ["get"]),
    ...(has("patch", true) ? [] : ["update"]),
    ...(has("delete", true) ? [] : ["delete"]),
  ];
  if (added.length > 0)
    assumptions.push(`${name}: the API gets ${added.join(", ")} too, which the specification has not`);
}

/** Query parameters of a list that are no filter of a plan. */
function readParameters(
  specification: Specification,
  told: string,
  table: Table,
  operation: Node,
  resolve: Resolve,
): void {
  const filters = new Set(filterColumns(table).map(({ name }) => name));
  for (const parameter of list(operation["parameters"]).map(resolve)) {
    const name = typeof parameter["name"] === "string" ? parameter["name"] : "";
    if (parameter["in"] === "query" && !OWN_PARAMETERS.has(name) && !filters.has(snakeCase(name)))
      specification.leftOut.push(`${told}: the parameter ${name} is not in a plan`);
  }
}
