// openapi.json of a plan: byte for byte what the project's scripts/openapi.ts makes of its routes, without starting it. That
// they agree is a check of every verification.
import { STATUS_CODES } from "node:http";
import { accountTable, LOGIN_COLUMN, PASSWORD_LENGTH } from "../../../../plan/accounts.ts";
import { filterColumns, sortColumns } from "../../../../plan/listing.ts";
import type { Endpoint, Plan, Table } from "../../../../plan/plan.ts";
import {
  constantSchema,
  filterSchema,
  ID,
  inputSchema,
  type Json,
  objectSchema,
  orNull,
  outputSchema,
} from "./openapi-types.ts";
import { isRequired, mayBeHeld, mayCollide, ownColumns, tableOf } from "./plan-tables.ts";
import { embeddable } from "./relations-file.ts";
import { typeName } from "./type-names.ts";

/** What a route's contract says, as scripts/openapi.ts reads it. */
interface Contract {
  summary?: string;
  /** Schemas by the name of the parameter. */
  params?: Json;
  query?: Json;
  body?: Json;
  returns?: Json;
  status?: number;
  errors?: number[];
  public?: true;
}

const PROBLEM: Json = {
  type: "object",
  required: ["type", "title", "status", "instance"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["in", "path", "message"],
        properties: { in: { enum: ["path", "query", "body"] }, path: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

const HEALTH = objectSchema({ status: { type: "string", const: "ok" }, timestamp: { type: "integer" } }, [
  "status",
  "timestamp",
]);

const PAGE: Json = {
  limit: { default: 20, type: "integer", minimum: 1, maximum: 100 },
  cursor: { type: "string", maxLength: 1000 },
};

export function renderOpenapi(plan: Plan): string {
  const components: Record<string, Json> = { Problem: PROBLEM };
  const paths: Record<string, Json> = {};
  const accounts = accountTable(plan.tables);
  const routes = plan.endpoints
    .filter(({ file }) => file.startsWith("server/api/"))
    .map((endpoint) => ({
      ...endpoint,
      order: `${endpoint.path.replaceAll("{", "[").replaceAll("}", "]")} ${endpoint.method.toLowerCase()}`,
    }))
    .toSorted((a, b) => (a.order < b.order ? -1 : 1));
  for (const endpoint of routes) {
    const contract = contractOf(plan, endpoint, components);
    (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operationOf(endpoint, contract, accounts);
  }
  const document = {
    openapi: "3.1.0",
    info: { title: plan.name, version: "1.0.0" },
    servers: [{ url: "/" }],
    ...(accounts && { security: [{ bearer: [] }] }),
    paths,
    components: {
      ...(accounts && { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } }),
      schemas: Object.fromEntries(Object.entries(components).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function operationOf({ method, path, summary }: Endpoint, contract: Contract, accounts: Table | undefined): Json {
  const status = contract.status ?? (contract.returns ? 200 : 204);
  return {
    operationId: [method.toLowerCase(), ...path.split(/\W+/).filter((part) => part && part !== "api")].join("_"),
    summary: contract.summary ?? summary,
    tags: [path.split("/")[2]],
    ...(accounts && contract.public && { security: [] }),
    parameters: [...parameters("path", contract.params), ...parameters("query", contract.query)],
    ...(contract.body && { requestBody: { required: true, ...inJson(contract.body) } }),
    responses: {
      [status]: {
        description: STATUS_CODES[status],
        ...(status === 201 && { headers: { Location: { schema: { type: "string" } } } }),
        ...(contract.returns && inJson(contract.returns)),
      },
      ...Object.fromEntries(
        problemStatuses(contract, accounts !== undefined).map((code) => [code, problemResponse(code)]),
      ),
    },
  };
}

function inJson(schema: Json): Json {
  return { content: { "application/json": { schema } } };
}

function parameters(where: "path" | "query", schemas: Json = {}): Json[] {
  return Object.entries(schemas).map(([name, schema]) => ({ name, in: where, required: where === "path", schema }));
}

function problemStatuses({ params, query, body, errors = [], public: open }: Contract, accounts: boolean): number[] {
  const codes = [
    ...(accounts && !open ? [401] : []),
    ...(params || query ? [400] : []),
    ...(body ? [400, 413, 415, 422] : []),
    ...errors,
  ];
  return [...new Set(codes)].toSorted((a, b) => a - b);
}

function problemResponse(code: number): Json {
  return {
    description: STATUS_CODES[code],
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

/** The endpoint's contract; what it refers to is added to the components. */
function contractOf(plan: Plan, { operation }: Endpoint, components: Record<string, Json>): Contract {
  const named = (name: string, schema: Json): Json => {
    components[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  };
  if (operation.kind === "health") {
    const returns = named("Health", HEALTH);
    // The route is the base project's.
    if (!plan.database.needed) return { summary: "Report that the server answers", returns };
    return { summary: "Report that the server and its database answer", public: true, returns, errors: [503] };
  }
  if (operation.kind === "constant") return { public: true, returns: constantSchema(operation.body) };
  const table = tableOf(plan, operation.table);
  const type = typeName(table);
  const row = (of = table) => named(typeName(of), rowSchema(of));
  const shown = () => withRelations(plan, table, named, row);
  const include = includeQuery(plan, table);
  const conflict = mayCollide(table) ? [409] : [];
  const inUse = mayBeHeld(plan, table) ? [409] : [];
  const one = { params: { id: ID } };
  switch (operation.kind) {
    case "list":
      return { query: { ...PAGE, sort: sorts(table), ...include, ...filters(table, {}) }, returns: pageOf(shown()) };
    case "nested-list":
      return { ...one, query: PAGE, returns: pageOf(row()), errors: [404] };
    case "create":
      return {
        ...(table.account && { public: true }),
        body: named(`New${type}`, newSchema(table)),
        returns: row(),
        status: 201,
        errors: conflict,
      };
    case "get":
      return { ...one, ...(include && { query: include }), returns: shown(), errors: [404] };
    case "update":
      return { ...one, body: named(`${type}Patch`, patchSchema(table)), returns: row(), errors: [404, ...conflict] };
    case "delete":
      return { ...one, errors: [404, ...inUse] };
    case "log-in":
      return { public: true, body: logInSchema(table), returns: sessionSchema(), errors: [401] };
    case "log-out":
      return {};
    default:
      return { query: filters(table, { minLength: 1 }), errors: inUse };
  }
}

function rowSchema(table: Table): Json {
  const columns = table.columns.map(
    (column) => [column.name, nullable(column.nullable, outputSchema(column))] as const,
  );
  const properties = { ...Object.fromEntries(columns), ...(table.url && { url: { type: "string", format: "uri" } }) };
  return objectSchema(properties, Object.keys(properties));
}

/** The row with what it refers to, where the API brings that along. */
function withRelations(
  plan: Plan,
  table: Table,
  named: (name: string, schema: Json) => Json,
  row: (of?: Table) => Json,
): Json {
  const relations = embeddable(plan, table);
  if (relations.length === 0) return row();
  const { properties, required } = rowSchema(table) as { properties: Json; required: string[] };
  const brought = relations.map(({ name, column, table: target }) => [
    name,
    nullable(column.nullable, row(tableOf(plan, target))),
  ]);
  const schema = objectSchema({ ...properties, ...Object.fromEntries(brought) }, required);
  return named(`${typeName(table)}WithRelations`, schema);
}

function logInSchema({ columns }: Table): Json {
  const email = columns.find(({ name }) => name === LOGIN_COLUMN)?.maxLength ?? 320;
  const password = { type: "string", maxLength: PASSWORD_LENGTH.maximum };
  return objectSchema({ [LOGIN_COLUMN]: { type: "string", maxLength: email }, password }, [LOGIN_COLUMN, "password"]);
}

function sessionSchema(): Json {
  const properties = {
    token: { type: "string" },
    expires_at: { type: "integer" },
    account_id: { type: "string" },
  };
  return objectSchema(properties, Object.keys(properties));
}

const PASSWORD: Json = { type: "string", minLength: PASSWORD_LENGTH.minimum, maxLength: PASSWORD_LENGTH.maximum };

function newSchema(table: Table): Json {
  const properties = ownColumns(table).map((column) => {
    const schema = nullable(column.nullable, inputSchema(column));
    const computed = column.type === "timestamp" && column.default === "now"; // left to the database
    return [column.name, isRequired(column) || computed ? schema : { default: column.default, ...schema }];
  });
  const required = ownColumns(table)
    .filter(isRequired)
    .map(({ name }) => name);
  return objectSchema(
    { ...Object.fromEntries(properties), ...(table.account && { password: PASSWORD }) },
    table.account ? [...required, "password"] : required,
  );
}

function patchSchema(table: Table): Json {
  const columns = ownColumns(table).map((column) => [column.name, nullable(column.nullable, inputSchema(column))]);
  return { ...objectSchema(Object.fromEntries(columns), []), minProperties: 1 };
}

function nullable(is: boolean, schema: Json): Json {
  return is ? orNull(schema) : schema;
}

function pageOf(item: Json): Json {
  const properties = { items: { type: "array", items: item }, next_cursor: { type: ["string", "null"] } };
  return objectSchema(properties, Object.keys(properties));
}

function sorts(table: Table): Json {
  const orders = sortColumns(table).flatMap(({ name }) => [name, `-${name}`]);
  return { default: "-created_at", type: "string", enum: ["-created_at", "created_at", ...orders] };
}

function includeQuery(plan: Plan, table: Table): { include: Json } | null {
  const names = embeddable(plan, table)
    .map(({ name }) => name)
    .join("|");
  return names === "" ? null : { include: { type: "string", pattern: `^(${names})(,(${names}))*$` } };
}

/** @param search more that is asked of its text. */
function filters(table: Table, search: Json): Json {
  return {
    ...(table.search && { q: { type: "string", ...search, maxLength: 200 } }),
    ...Object.fromEntries(filterColumns(table).map((column) => [column.name, filterSchema(column)])),
  };
}
