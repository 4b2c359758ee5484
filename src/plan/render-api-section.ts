// The part of a project's README that lists its endpoints, with requests that can be pasted.
import { exampleValue } from "./example-value.ts";
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
  const plain = plan.endpoints.filter(({ operation }) => operation.kind === "health" || operation.kind === "constant");
  const made = new Set<string>();
  const blocks = plan.tables.flatMap((table) => {
    const required = table.columns.filter(isRequired);
    const create = endpointOf(plan, table, "create");
    if (!create || required.some(({ references }) => references && !made.has(references.table))) return [];
    made.add(table.name);
    return [tableSession(plan, table, create, required)];
  });
  return [plain.map(({ path }) => `curl ${ORIGIN}${path}`).join("\n"), ...blocks];
}

function isRequired({ name, nullable, default: standard }: Column): boolean {
  return !BUILT_IN.has(name) && !nullable && standard === null;
}

/** Makes a record, keeps its id in a variable, and calls the other endpoints of its table. */
function tableSession(plan: Plan, table: Table, create: Endpoint, required: Column[]): string {
  const id = `$${table.singular}_id`;
  const made = `curl -s ${ORIGIN}${create.path} --json ${json(plan, required)}`;
  const lines = [`${table.singular}_id=$(${made} | node -pe 'JSON.parse(fs.readFileSync(0)).id')`];
  for (const kind of ["list", "get"] as const) {
    const endpoint = endpointOf(plan, table, kind);
    if (endpoint) lines.push(`curl ${ORIGIN}${endpoint.path.replace("{id}", id)}`);
  }
  const update = endpointOf(plan, table, "update");
  const changed = required.find(({ references }) => !references);
  if (update && changed)
    lines.push(`curl -X PATCH ${ORIGIN}${update.path.replace("{id}", id)} --json ${json(plan, [changed])}`);
  return lines.join("\n");
}

/** The columns as a JSON object in single quotes; a reference takes the id of the record made before. */
function json(plan: Plan, columns: Column[]): string {
  const fields = columns.map((column) => {
    const parent = plan.tables.find(({ name }) => name === column.references?.table);
    const value = parent ? `"'$${parent.singular}_id'"` : JSON.stringify(exampleValue(column)).replaceAll("'", "'\\''");
    return `"${column.name}": ${value}`;
  });
  return `'{${fields.join(", ")}}'`;
}

function endpointOf(plan: Plan, table: Table, kind: Operation["kind"]): Endpoint | undefined {
  return plan.endpoints.find(
    ({ operation }) => operation.kind === kind && "table" in operation && operation.table === table.name,
  );
}
