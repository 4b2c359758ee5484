// The routes of a project, found by tb itself in the names of its files, the way Nitro does.

export interface RouteFile {
  method: string;
  /** OpenAPI form: `/api/users/{id}`. */
  path: string;
  file: string;
}

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options", "connect", "trace"];

/** Routes under server/api and server/routes, sorted. A file without a method in its name serves every method: `*`. */
export function findRoutes(files: string[]): RouteFile[] {
  const routes = files.flatMap((file) => routeOf(file) ?? []);
  return routes.toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
}

function routeOf(file: string): RouteFile | null {
  const [, folder, rest] = /^server\/(api|routes)\/(.+)\.(?:ts|tsx|mts|cts|js|mjs|cjs|jsx)$/.exec(file) ?? [];
  if (!folder || !rest || rest.endsWith(".d")) return null;
  const parts = rest.replace(/\.(dev|prod|prerender)$/, "").split(".");
  const last = parts.at(-1)!.toLowerCase();
  const method = parts.length > 1 && METHODS.includes(last) ? last.toUpperCase() : "*";
  const stem = method === "*" ? rest : parts.slice(0, -1).join(".");
  const segments = stem
    .split("/")
    .filter((segment) => !/^\(.*\)$/.test(segment)) // a group of files, not a part of the path
    .map((segment) =>
      segment.replace(/\[\.{3}(\w*)\]/g, (_, name: string) => `{${name || "path"}}`).replace(/\[(\w+)\]/g, "{$1}"),
    );
  if (segments.at(-1) === "index") segments.pop();
  const path = `/${[...(folder === "api" ? ["api"] : []), ...segments].join("/")}`;
  return { method, path, file };
}

export function routeKey(route: { method: string; path: string }): string {
  return `${route.method} ${route.path}`;
}
