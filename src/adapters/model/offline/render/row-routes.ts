// Routes on one row: create, get, update, delete.
import { PASSWORDS } from "../../../../plan/accounts.ts";
import type { Plan, Table } from "../../../../plan/plan.ts";
import { identifier } from "../../../../plan/sql-identifiers.ts";
import { byId, deletion, withName } from "./deletion.ts";
import { hasJson, mayBeHeld, mayCollide, ownColumns } from "./plan-tables.ts";
import { embeddable, embedEvent, embedsUrls, relationsModule, relationsName } from "./relations-file.ts";
import { notFound, type Route, schemaModule, statement } from "./route-source.ts";
import { callLine } from "./source.ts";
import { typeName, variableName } from "./type-names.ts";
import { inputWith, selection, urlImports } from "./url-files.ts";

export function create(plan: Plan, table: Table): Route {
  if (table.account) return signUp(plan, table);
  const type = typeName(table);
  const row = variableName(table);
  const path = plan.endpoints.find(({ operation }) => operation.kind === "get" && operation.table === table.name)?.path;
  const conflict = mayCollide(table);
  const insert = statement(row, `one<${type}>`, [
    `insert into ${identifier(table.name)} \${values({ id: nanoid(), ${table.owner === undefined ? "" : `${table.owner}: account, `}${bodyColumns(table)} })}`,
    `returning ${selection(table)}`,
  ]);
  const json = hasJson(table);
  return {
    packages: ['import { nanoid } from "nanoid";'],
    imports: {
      [schemaModule(table)]: [`New${type}`, type],
      "utils/db.ts": ["one"],
      ...(json && { "utils/json.ts": ["json"] }),
      ...urlImports(table),
      "utils/route.ts": ["route"],
      "utils/sql.ts": ["sql", "values"],
    },
    contract: [`body: New${type}`, `returns: ${type}`, "status: 201", ...(conflict ? ["errors: [409]"] : [])],
    input: inputWith(table, ["body", ...(path ? ["event"] : [])]),
    body: [
      ...insert,
      ...(path ? [`event.res.headers.set("location", \`${path.replace("{id}", `\${${row}.id}`)}\`);`] : []),
      `return ${row};`,
    ],
  };
}

/** The row and, apart from it, what is kept of the password, in one statement. */
function signUp(plan: Plan, table: Table): Route {
  const type = typeName(table);
  const row = variableName(table);
  const path = plan.endpoints.find(({ operation }) => operation.kind === "get" && operation.table === table.name)!.path;
  const made = withName(plan, "made");
  return {
    packages: ['import { nanoid } from "nanoid";'],
    imports: {
      [schemaModule(table)]: [`New${type}`, type],
      "utils/accounts.ts": ["hashOf"],
      "utils/db.ts": ["one"],
      ...(hasJson(table) && { "utils/json.ts": ["json"] }),
      ...urlImports(table),
      "utils/route.ts": ["route"],
      "utils/sql.ts": ["sql", "values"],
    },
    contract: ["public: true", `body: New${type}`, `returns: ${type}`, "status: 201", "errors: [409]"],
    input: "{ body: { password, ...body }, event }",
    body: [
      "const hash = await hashOf(password);",
      `const ${row} = await one<${type}>(sql\``,
      `  with ${made} as (`,
      `    insert into ${identifier(table.name)} \${values({ id: nanoid(), ${bodyColumns(table)} })} returning *`,
      `  ), ${withName(plan, "kept")} as (`,
      `    insert into ${PASSWORDS} (account_id, hash) select id, \${hash} from ${made}`,
      "  )",
      `  select ${selection(table)} from ${made}\`);`,
      `event.res.headers.set("location", \`${path.replace("{id}", `\${${row}.id}`)}\`);`,
      `return ${row};`,
    ],
  };
}

/** The body's columns as the database takes them: a JSON value is sent as text. */
function bodyColumns(table: Table): string {
  const json = ownColumns(table).filter(({ type }) => type === "json");
  return ["...body", ...json.map(({ name }) => `${name}: json(body.${name})`)].join(", ");
}

export function get(plan: Plan, table: Table): Route {
  const type = typeName(table);
  const row = variableName(table);
  const select = statement(row, `maybeOne<${type}>`, [
    `select ${selection(table)} from ${identifier(table.name)}`,
    byId(table),
  ]);
  if (embeddable(plan, table).length > 0) return getWithRelations(plan, table, select);
  return {
    imports: { ...oneRowImports(table, [type], ["maybeOne"], ["sql"]), ...urlImports(table) },
    contract: ["params: IdParams", `returns: ${type}`, "errors: [404]"],
    input: inputWith(table, ["params"]),
    body: [...select, notFound(table, row), `return ${row};`],
  };
}

function getWithRelations(plan: Plan, table: Table, select: string[]): Route {
  const type = typeName(table);
  const row = variableName(table);
  const relations = relationsName(table);
  return {
    packages: ['import * as z from "zod";'],
    imports: {
      ...oneRowImports(table, [], ["maybeOne"], ["sql"]),
      ...urlImports(table),
      [schemaModule(table)]: [`type ${type}`],
      [relationsModule(table)]: [relations, `${type}WithRelations`],
      "utils/include.ts": ["embed", "includeOf"],
    },
    contract: [
      "params: IdParams",
      `query: z.strictObject({ include: includeOf(${relations}) })`,
      `returns: ${type}WithRelations`,
      "errors: [404]",
    ],
    input: inputWith(table, ["params", "query"], table.url === true || embedsUrls(plan)),
    body: [
      ...select,
      notFound(table, row),
      ...callLine(
        "    ",
        `const [found = ${row}] = await embed`,
        [...embedEvent(plan), `[${row}]`, relations, "query.include"],
        ";",
      )
        .trimStart()
        .split("\n    "),
      "return found;",
    ],
  };
}

export function update(table: Table): Route {
  const type = typeName(table);
  const row = variableName(table);
  const conflict = mayCollide(table);
  const changes = hasJson(table) ? `{ ${bodyColumns(table)} }` : "body";
  const imports = oneRowImports(table, [type, `${type}Patch`], ["maybeOne"], ["assignments", "sql"]);
  return {
    imports: { ...imports, ...urlImports(table), ...(hasJson(table) && { "utils/json.ts": ["json"] }) },
    contract: ["params: IdParams", `body: ${type}Patch`, `returns: ${type}`, `errors: [404${conflict ? ", 409" : ""}]`],
    input: inputWith(table, ["params", "body"]),
    body: [
      `const ${row} = await maybeOne<${type}>(sql\``,
      `  update ${identifier(table.name)}`,
      `  set \${assignments(${changes})}, updated_at = extract(epoch from now())::bigint`,
      `  ${byId(table)}`,
      `  returning ${selection(table)}\`);`,
      notFound(table, row),
      `return ${row};`,
    ],
  };
}

export function remove(plan: Plan, table: Table): Route {
  const row = variableName(table);
  const conflict = mayBeHeld(plan, table);
  return {
    imports: oneRowImports(table, [], ["maybeOne"], ["sql"]),
    contract: ["params: IdParams", `errors: [404${conflict ? ", 409" : ""}]`],
    input: inputWith(table, ["params"], false),
    body: [...statement(row, "maybeOne", deletion(plan, table, "id = ${params.id}")), notFound(table, row)],
  };
}

function oneRowImports(table: Table, schema: string[], db: string[], sql: string[]): Route["imports"] {
  return {
    "schemas/fields.ts": ["IdParams"],
    ...(schema.length > 0 && { [schemaModule(table)]: schema }),
    "utils/db.ts": db,
    "utils/problem.ts": ["problem"],
    "utils/route.ts": ["route"],
    "utils/sql.ts": sql,
  };
}
