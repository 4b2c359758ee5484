// Check "plan": every endpoint of the plan is a route file, every table and column of it is in the database.
import { BUILT_IN_COLUMNS } from "../plan/names.ts";
import type { Column, Endpoint, Plan } from "../plan/plan.ts";
import type { Finding } from "./check.ts";
import { columnProblems } from "./column-present.ts";
import type { SchemaFacts } from "./introspect.ts";
import { optionProblems } from "./options-present.ts";
import { type RouteFile, routeKey } from "./routes.ts";
import type { Failure } from "./verdict.ts";

/** `facts` are null for a project without a database. */
export function checkPlan(plan: Plan, routes: RouteFile[], facts: SchemaFacts | null): Finding {
  const failures = [...endpointProblems(plan, routes), ...(facts ? schemaProblems(plan, facts) : [])];
  if (!facts && plan.tables.length > 0)
    failures.push({ message: "The plan has tables, but the project has no database." });
  failures.push(...extraRoutes(plan, routes));
  return { count: plan.endpoints.length, summary: "plan", failures };
}

/** Pages of the base project. */
const PAGES = new Set(["server/routes/docs.get.ts", "server/routes/openapi.json.get.ts"]);

/** What nobody has asked for, nobody has to be able to call. */
function extraRoutes(plan: Plan, routes: RouteFile[]): Failure[] {
  const planned = new Set(plan.endpoints.map((endpoint) => withoutNames(routeKey(endpoint))));
  return routes
    .filter((route) => !planned.has(withoutNames(routeKey(route))) && !PAGES.has(route.file))
    .map((route) => ({
      file: route.file,
      endpoint: routeKey(route),
      message: "is not in the plan: remove it. What several endpoints need belongs into server/utils/.",
    }));
}

/** Check "routes", for a project that nobody has planned: `declared` are the endpoints of its openapi.json. */
export function checkRoutes(declared: readonly string[], routes: RouteFile[]): Finding {
  const present = new Set(routes.map((route) => withoutNames(routeKey(route))));
  const missing = declared
    .filter((key) => !present.has(withoutNames(key)))
    .map((endpoint) => ({ file: "openapi.json", endpoint, message: "is in openapi.json, but has no route file." }));
  const count = routes.filter((route) => route.file.startsWith("server/api/")).length;
  return { count, summary: "routes", failures: [...missing, ...fileProblems(routes)] };
}

function endpointProblems(plan: Plan, routes: RouteFile[]): Failure[] {
  const present = new Set(routes.map((route) => withoutNames(routeKey(route))));
  return [
    ...plan.endpoints.filter((endpoint) => !present.has(withoutNames(routeKey(endpoint)))).map(missing),
    ...fileProblems(routes),
  ];
}

function fileProblems(routes: RouteFile[]): Failure[] {
  const byKey = Map.groupBy(routes, (route) => withoutNames(routeKey(route)));
  const anyMethod = routes.filter((route) => route.method === "*");
  const twice = [...byKey.values()].filter((found) => found.length > 1);
  return [
    ...anyMethod.map((route) => ({
      file: route.file,
      message: "has no method in its name: name it …get.ts, …post.ts, …patch.ts or …delete.ts.",
    })),
    ...twice.map((found) => ({
      file: found[1]!.file,
      endpoint: routeKey(found[1]!),
      message: `serves the same endpoint as ${found[0]!.file}: remove one of them.`,
    })),
  ];
}

/** A change of rows that have no column of their own: no request for it can be valid. */
export function changesNothing({ tables }: Plan, { operation }: Endpoint): boolean {
  if (operation.kind !== "update") return false;
  return tables.find(({ name }) => name === operation.table)?.columns.every(isBuiltIn) ?? false;
}

function isBuiltIn({ name }: Column): boolean {
  return BUILT_IN_COLUMNS.some((one) => one === name);
}

function missing(endpoint: Endpoint): Failure {
  return {
    file: endpoint.file,
    endpoint: routeKey(endpoint),
    message: `is in the plan ("${endpoint.summary}"), but there is no route file for it: write ${endpoint.file}.`,
  };
}

/** `{id}` and `{userId}` are the same place in a path. */
function withoutNames(key: string): string {
  return key.replace(/\{\w+\}/g, "{}");
}

function schemaProblems(plan: Plan, facts: SchemaFacts): Failure[] {
  return plan.tables.flatMap((table) => {
    if (!facts.tables.includes(table.name)) {
      return [{ file: "migrations", message: `Table ${table.name} is in the plan, but not in the database.` }];
    }
    const problems = table.columns.flatMap((column) => columnProblems(table, column, facts));
    const key = facts.constraints.find((one) => one.table === table.name && one.kind === "primary key");
    if (key?.columns.join() !== "id") problems.push(`${table.name}.id is not the primary key.`);
    problems.push(...optionProblems(plan, table, facts));
    return problems.map((message) => ({ file: "migrations", message }));
  });
}
