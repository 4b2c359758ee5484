// What an endpoint may say: everything but the summary follows from its operation, so nothing hostile fits in.
import { deleteAllEndpoint, routeFile, tableEndpoints } from "./endpoints.ts";
import { constantPathProblem, kebabCase } from "./names.ts";
import type { Endpoint, Plan } from "./plan.ts";

const MAX_CONSTANT_BODY = 10_000;

/** Every problem of the plan's endpoints as `path: message`. */
export function endpointProblems(plan: Plan): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  const files = new Set<string>();
  for (const [index, endpoint] of plan.endpoints.entries()) {
    const at = `endpoints[${index}]`;
    const key = `${endpoint.method} ${endpoint.path}`;
    if (seen.has(key)) problems.push(`${at}: ${key} is there twice`);
    else if (files.has(endpoint.file)) problems.push(`${at}.file: ${JSON.stringify(endpoint.file)} is there twice`);
    seen.add(key);
    files.add(endpoint.file);
    problems.push(...operationProblems(plan, endpoint).map((problem) => `${at}${problem}`));
  }
  for (const table of plan.tables) {
    const has = (kind: string) =>
      plan.endpoints.some(
        ({ operation }) => operation.kind === kind && "table" in operation && operation.table === table.name,
      );
    if (table.url && !has("get")) problems.push(`endpoints: ${table.name} have a url, and nothing answers it`);
    const missing = table.account ? tableEndpoints(table).filter(({ operation }) => !has(operation.kind)) : [];
    for (const { method, path } of missing)
      problems.push(`endpoints: ${table.name} are accounts, and ${method} ${path} is missing`);
  }
  if (!plan.endpoints.some((endpoint) => endpoint.operation.kind === "health"))
    problems.push("endpoints: GET /api/health is missing");
  return problems;
}

function operationProblems(plan: Plan, endpoint: Endpoint): string[] {
  const operation = endpoint.operation;
  if (operation.kind === "health") {
    return differences(endpoint, { method: "GET", path: "/api/health", file: "server/api/health.get.ts" });
  }
  if (operation.kind === "constant") return constantProblems(endpoint, operation.body);
  if (operation.kind === "nested-list") return nestedListProblems(plan, endpoint, operation);
  const table = plan.tables.find((one) => one.name === operation.table);
  if (!table) return [`.operation.table: there is no table "${operation.table}"`];
  const possible = [...tableEndpoints(table), ...(table.account ? [] : [deleteAllEndpoint(table)])];
  const expected = possible.find((one) => one.operation.kind === operation.kind);
  const accounts = table.account ? "accounts" : "no accounts";
  return expected
    ? differences(endpoint, expected)
    : [`.operation.kind: "${operation.kind}" is not for ${table.name}, which are ${accounts}`];
}

function constantProblems(endpoint: Endpoint, body: unknown): string[] {
  const problem = constantPathProblem(endpoint.path);
  if (problem) return [`.path: ${JSON.stringify(endpoint.path.slice(0, 80))} ${problem}`];
  if (JSON.stringify(body).length > MAX_CONSTANT_BODY) return [".operation.body: is larger than 10,000 characters"];
  return differences(endpoint, { method: "GET", path: endpoint.path, file: routeFile("GET", endpoint.path, false) });
}

function nestedListProblems(
  plan: Plan,
  endpoint: Endpoint,
  operation: { table: string; parent: string; column: string },
): string[] {
  const table = plan.tables.find((one) => one.name === operation.table);
  if (!table) return [`.operation.table: there is no table "${operation.table}"`];
  const parent = plan.tables.find((one) => one.name === operation.parent);
  if (!parent) return [`.operation.parent: there is no table "${operation.parent}"`];
  if (table.account) return [`.operation.table: ${table.name} are accounts, which are not listed`];
  if (parent.account) return [".operation.parent: an account lists its rows without naming itself"];
  const column = table.columns.find((one) => one.name === operation.column);
  if (column?.references?.table !== operation.parent) {
    return [`.operation.column: "${operation.column}" of "${table.name}" does not refer to "${operation.parent}"`];
  }
  const base = `/api/${kebabCase(operation.parent)}/{id}/`;
  const rest = endpoint.path.startsWith(base) ? endpoint.path.slice(base.length) : "";
  const path =
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(rest) && rest !== "index" ? endpoint.path : `${base}${kebabCase(table.name)}`;
  return differences(endpoint, { method: "GET", path, file: routeFile("GET", path, false) });
}

function differences(endpoint: Endpoint, expected: Pick<Endpoint, "method" | "path" | "file">): string[] {
  return (["method", "path", "file"] as const).flatMap((key) =>
    endpoint[key] === expected[key]
      ? []
      : [`.${key}: must be "${expected[key]}", not ${JSON.stringify(endpoint[key].slice(0, 200))}`],
  );
}
