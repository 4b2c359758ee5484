// The route file of each endpoint on a table.
import type { Endpoint, Operation, Plan } from "../../../../plan/plan.ts";
import { list, nestedList, removeAll } from "./list-routes.ts";
import { tableOf } from "./plan-tables.ts";
import { assemble, type Route } from "./route-source.ts";
import { create, get, remove, update } from "./row-routes.ts";

/** Throws for an endpoint that is not on a table. */
export function renderRoute(plan: Plan, endpoint: Endpoint): string {
  return assemble(endpoint, routeOf(plan, endpoint.operation));
}

function routeOf(plan: Plan, operation: Operation): Route {
  if (operation.kind === "health" || operation.kind === "constant") throw new Error(`${operation.kind} has no table`);
  const table = tableOf(plan, operation.table);
  if (operation.kind === "nested-list") return nestedList(table, tableOf(plan, operation.parent), operation.column);
  if (operation.kind === "list") return list(plan, table);
  if (operation.kind === "create") return create(plan, table);
  if (operation.kind === "get") return get(plan, table);
  if (operation.kind === "delete-all") return removeAll(plan, table);
  return operation.kind === "update" ? update(table) : remove(plan, table);
}
