// The part of a project's README that lists its endpoints, with requests that can be pasted.
import { accountTable, LOGIN_COLUMN } from "./accounts.ts";
import { exampleValue } from "./example-value.ts";
import { filterColumns, relationsOf, searchColumns, sortColumns } from "./listing.ts";
import type { Column, Endpoint, Operation, Plan, Table } from "./plan.ts";

const ORIGIN = "http://127.0.0.1:3000";
const BUILT_IN = new Set(["id", "created_at", "updated_at"]);

/** Markdown: a table of all endpoints, and a shell session that makes a record of each table and works with it. */
export function renderApiSection(plan: Plan): string {
  const rows = plan.endpoints.map(({ method, path, summary }) => `| \`${method} ${path}\` | ${cell(summary)} |`);
  const docs = "| `GET /docs`, `GET /openapi.json` | This API as a page, and as data |";
  const table = ["| endpoint | |", "| --- | --- |", ...rows, docs].join("\n");
  return `${table}\n\n\`\`\`sh\n${session(plan).join("\n\n")}\n\`\`\``;
}

function cell(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function session(plan: Plan): string[] {
  const accounts = accountTable(plan.tables);
  const tables = [...(accounts ? [accounts] : []), ...plan.tables.filter((table) => table !== accounts)]; // first a token
  const plain = plan.endpoints.filter(({ operation }) => operation.kind === "health" || operation.kind === "constant");
  const made: Table[] = [];
  const blocks = tables.flatMap((table) => {
    const required = table.columns.filter((column) => isRequired(column) && column.name !== table.owner);
    const create = endpointOf(plan, table, "create");
    const isThere = (name: string) => made.some((earlier) => earlier.name === name);
    if (!create || required.some(({ references }) => references && !isThere(references.table))) return [];
    made.push(table);
    return [tableSession(plan, table, create, required)];
  });
  const all = [
    plain.map((endpoint) => `curl ${address(endpoint)}`),
    ...blocks,
    nested(plan, made),
    deletions(plan, made),
  ];
  return all.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
}

/** Lists of what belongs to a record that was made. */
function nested(plan: Plan, made: readonly Table[]): string[] {
  return plan.endpoints.flatMap((endpoint) => {
    const { operation } = endpoint;
    const parent = operation.kind === "nested-list" ? made.find(({ name }) => name === operation.parent) : undefined;
    return parent ? [`${curl(plan)} ${address(endpoint, parent.singular)}`] : [];
  });
}

/** The last record that was made goes first; one that a record which stays refers to stays, too. */
function deletions(plan: Plan, made: readonly Table[]): string[] {
  const stay: Table[] = [];
  return made.toReversed().flatMap((table) => {
    const remove = endpointOf(plan, table, "delete");
    const needed = stay.some(({ columns }) => columns.some(({ references }) => references?.table === table.name));
    if (remove && !needed) return [`${curl(plan)} -X DELETE ${address(remove, table.singular)}`];
    stay.push(table);
    return [];
  });
}

/** The command, with the token where requests need one. */
function curl({ tables }: Plan): string {
  return accountTable(tables) ? 'curl -H "$auth"' : "curl";
}

/** @param record in the place of the path's id: the variable of a record that was made, by its name. */
function address({ path }: Endpoint, record = ""): string {
  return `${ORIGIN}${path.replace("{id}", `$${record}_id`)}`;
}

function isRequired({ name, nullable, default: standard }: Column): boolean {
  return !BUILT_IN.has(name) && !nullable && standard === null;
}

/** Makes a record, keeps its id in a variable, and calls the other endpoints of its table. */
function tableSession(plan: Plan, table: Table, create: Endpoint, required: Column[]): string[] {
  const made = `${table.account ? "curl" : curl(plan)} -s ${address(create)} --json ${json(plan, required, table.account && PASSWORD)}`;
  const lines = [`${table.singular}_id=$(${made} | node -pe 'JSON.parse(fs.readFileSync(0)).id')`];
  if (table.account) lines.push(...logIn(table));
  const list = endpointOf(plan, table, "list");
  if (list) lines.push(`${curl(plan)} ${address(list)}`, `${curl(plan)} '${address(list)}?${listing(table)}'`);
  const get = endpointOf(plan, table, "get");
  if (get) lines.push(`${curl(plan)} ${address(get, table.singular)}`);
  const update = endpointOf(plan, table, "update");
  const changed = required.find(({ references }) => !references);
  if (update && changed)
    lines.push(`${curl(plan)} -X PATCH ${address(update, table.singular)} --json ${json(plan, [changed])}`);
  return lines;
}

const PASSWORD = "correct horse";

/** Keeps a token, and the header that it is sent in. */
function logIn({ columns }: Table): string[] {
  const email = exampleValue(columns.find(({ name }) => name === LOGIN_COLUMN)!);
  const body = `'${JSON.stringify({ [LOGIN_COLUMN]: email, password: PASSWORD })}'`;
  return [
    `token=$(curl -s ${ORIGIN}/api/login --json ${body} | node -pe 'JSON.parse(fs.readFileSync(0)).token')`,
    'auth="authorization: Bearer $token"',
  ];
}

/** What a list of the table can be asked for, one of each. */
function listing(table: Table): string {
  const [filter] = filterColumns(table).filter(({ references }) => !references);
  const [sort] = sortColumns(table);
  const [relation] = relationsOf(table);
  const [searched] = searchColumns(table);
  return [
    "limit=10",
    ...(sort ? [`sort=-${sort.name}`] : []),
    ...(filter ? [`${filter.name}=${inQuery(exampleValue(filter))}`] : []),
    ...(searched ? [`q=${inQuery(exampleValue(searched))}`] : []),
    ...(relation ? [`include=${relation.name}`] : []),
  ].join("&");
}

/** Within single quotes. */
function inQuery(value: unknown): string {
  return encodeURIComponent(String(value)).replaceAll("'", "%27");
}

/** The columns as a JSON object in single quotes; a reference takes the id of the record made before. */
function json(plan: Plan, columns: Column[], password?: string): string {
  const fields = columns.map((column) => {
    const parent = plan.tables.find(({ name }) => name === column.references?.table);
    const value = parent ? `"'$${parent.singular}_id'"` : JSON.stringify(exampleValue(column)).replaceAll("'", "'\\''");
    return `"${column.name}": ${value}`;
  });
  if (password !== undefined) fields.push(`"password": ${JSON.stringify(password)}`);
  return `'{${fields.join(", ")}}'`;
}

function endpointOf(plan: Plan, table: Table, kind: Operation["kind"]): Endpoint | undefined {
  return plan.endpoints.find(
    ({ operation }) => operation.kind === kind && "table" in operation && operation.table === table.name,
  );
}
