// Finds the route files the way Nitro does: server/api/tasks/[id].get.ts is GET /api/tasks/{id}.
import { glob } from "node:fs/promises";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../server", import.meta.url));

export type RouteFile = {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** Path with its parameters in brackets: /api/tasks/[id] */
  path: string;
  load: () => Promise<{ default: unknown }>;
};

/** What handles every request before its route, in the order of the names. */
export async function middlewareFiles(): Promise<RouteFile["load"][]> {
  const names: string[] = [];
  for await (const name of glob("middleware/*.ts", { cwd: SERVER })) names.push(name.replaceAll(sep, "/"));
  return names.toSorted().map((name) => () => import(new URL(`../server/${name}`, import.meta.url).href));
}

/** All routes of a folder of server/, in the order of their paths. */
export async function routeFiles(folder: "api" | "routes"): Promise<RouteFile[]> {
  const routes: RouteFile[] = [];
  for await (const name of glob(`${folder}/**/*.ts`, { cwd: SERVER })) {
    const file = name.replaceAll(sep, "/");
    const [, stem, method] = /^(?:routes\/)?(.*)\.(get|post|put|patch|delete)\.ts$/.exec(file) ?? [];
    if (stem === undefined || method === undefined) continue;
    routes.push({
      method: method as RouteFile["method"],
      path: `/${stem.replace(/(^|\/)index$/, "")}`,
      load: () => import(new URL(`../server/${file}`, import.meta.url).href) as Promise<{ default: unknown }>,
    });
  }
  return routes.toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
}
