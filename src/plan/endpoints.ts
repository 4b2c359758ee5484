// The endpoints a plan can hold: method, path, route file and summary, all derived from names.
import { kebabCase } from "./names.ts";
import type { Endpoint, HttpMethod, Table } from "./plan.ts";

/** Route file of an endpoint: `GET /api/users/{id}` -> `server/api/users/[id].get.ts`. Collections are `index` files. */
export function routeFile(method: HttpMethod, path: string, collection: boolean): string {
  const route = path.replaceAll("{id}", "[id]").slice("/api/".length);
  return `server/api/${route}${collection ? "/index" : ""}.${method.toLowerCase()}.ts`;
}

export function healthEndpoint(): Endpoint {
  const path = "/api/health";
  const file = routeFile("GET", path, false);
  return { method: "GET", path, file, summary: "Report the health of the service", operation: { kind: "health" } };
}

export function constantEndpoint(path: string, body: unknown): Endpoint {
  const summary = `Answer ${path.slice("/api/".length)}`;
  return { method: "GET", path, file: routeFile("GET", path, false), summary, operation: { kind: "constant", body } };
}

/** List, create, get, update and delete, in this order. Of accounts there is no list; there are log-in and log-out. */
export function tableEndpoints(table: Table): Endpoint[] {
  const collection = `/api/${kebabCase(table.name)}`;
  const item = `${collection}/{id}`;
  const one = withArticle(spoken(table.singular));
  const name = table.name;
  const endpoint = (
    kind: "list" | "create" | "get" | "update" | "delete",
    method: HttpMethod,
    summary: string,
  ): Endpoint => {
    const whole = kind === "list" || kind === "create";
    const path = whole ? collection : item;
    return { method, path, file: routeFile(method, path, whole), summary, operation: { kind, table: name } };
  };
  if (table.account)
    return [
      endpoint("create", "POST", `Sign up as ${one}`),
      endpoint("get", "GET", `Get the ${spoken(table.singular)} of the token`),
      endpoint("update", "PATCH", `Update the ${spoken(table.singular)} of the token`),
      endpoint("delete", "DELETE", `Delete the ${spoken(table.singular)} of the token, and all that belongs to it`),
      sessionEndpoint("log-in", name, "Log in, for a token"),
      sessionEndpoint("log-out", name, "Log out, which ends the token"),
    ];
  return [
    endpoint("list", "GET", `List ${spoken(name)}`),
    endpoint("create", "POST", `Create ${one}`),
    endpoint("get", "GET", `Get ${one}`),
    endpoint("update", "PATCH", `Update ${one}`),
    endpoint("delete", "DELETE", `Delete ${one}`),
  ];
}

function sessionEndpoint(kind: "log-in" | "log-out", table: string, summary: string): Endpoint {
  const path = `/api/${kind.replace("-", "")}`;
  return { method: "POST", path, file: routeFile("POST", path, false), summary, operation: { kind, table } };
}

/** Deletes all rows, or those that the filters of the list match. */
export function deleteAllEndpoint({ name }: Table): Endpoint {
  const path = `/api/${kebabCase(name)}`;
  const summary = `Delete all ${spoken(name)}, or those that the query matches`;
  const file = routeFile("DELETE", path, true);
  return { method: "DELETE", path, file, summary, operation: { kind: "delete-all", table: name } };
}

/** The rows of `table` that refer to one row of `parent` through `column`. The first reference to a parent has the short
 * path; a further one says its role (`/api/users/{id}/tasks-as-reviewer`), so that adding one later moves nothing. */
export function nestedListEndpoint(table: Table, parent: Table, column: string, taken: Endpoint[]): Endpoint {
  const base = `/api/${kebabCase(parent.name)}/{id}/${kebabCase(table.name)}`;
  const role = column.replace(/_id$/, "");
  const free = (path: string) => !taken.some((endpoint) => endpoint.path === path);
  let path = free(base) ? base : `${base}-as-${kebabCase(role)}`;
  for (let n = 2; !free(path); n++) path = `${base}-as-${kebabCase(role)}-${n}`;
  const suffix = path === base ? "" : ` as ${spoken(role)}`;
  return {
    method: "GET",
    path,
    file: routeFile("GET", path, false),
    summary: `List the ${spoken(table.name)} of ${withArticle(spoken(parent.singular))}${suffix}`,
    operation: { kind: "nested-list", table: table.name, parent: parent.name, column },
  };
}

/** `order_item` -> `order item` */
export function spoken(name: string): string {
  return name.replaceAll("_", " ");
}

/** "a task", "an order", "a user", "an hour". */
export function withArticle(noun: string): string {
  if (/^(?:hour|honou?r|heir)/.test(noun)) return `an ${noun}`;
  if (/^(?:uni|use|usu|uti|uk|eu|one|once)/.test(noun) && !/^unin|^unim/.test(noun)) return `a ${noun}`;
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
