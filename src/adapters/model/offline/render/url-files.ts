// server/utils/public-url.ts and its plugin, for projects whose rows have an absolute url; and how routes ask for it.
import { accountColumn } from "../../../../plan/accounts.ts";
import type { Plan, Table } from "../../../../plan/plan.ts";
import { kebabCase } from "../../../../plan/names.ts";
import type { Route } from "./route-source.ts";

/** What a query selects of the table: all columns, and the url where the plan has it. */
export function selection(table: Table): string {
  return table.url ? `*, \${urlBelow(event, "${listPath(table)}")}` : "*";
}

/** What a route needs for `selection`. */
export function urlImports(table: Table): Route["imports"] {
  return table.url ? { "utils/public-url.ts": ["urlBelow"] } : {};
}

/** `{ params, event, account }`: the event where the url needs it, the account where it alone may see the rows; "" without any. */
export function inputWith(table: Table, names: string[], urls = table.url === true): string {
  const all = [
    ...names,
    ...(urls && !names.includes("event") ? ["event"] : []),
    ...(accountColumn(table) === null ? [] : ["account"]),
  ];
  return all.length > 0 ? `{ ${all.join(", ")} }` : "";
}

export function listPath({ name }: Table): string {
  return `/api/${kebabCase(name)}`;
}

export function renderUrlFiles({ tables }: Plan): { path: string; content: string }[] {
  if (!tables.some(({ url }) => url)) return [];
  return [
    { path: "server/utils/public-url.ts", content: UTILITY },
    { path: "server/plugins/public-url.ts", content: PLUGIN },
  ];
}

const UTILITY = `import type { H3Event } from "nitro/h3";
import { problem } from "./problem.ts";
import { type Fragment, sql } from "./sql.ts";

const HOST = /^[a-z0-9.-]+(:\\d+)?$|^\\[[0-9a-f:.]+\\](:\\d+)?$/i;

/** PUBLIC_URL without a slash at its end, if it is set; throws when it is no http address. */
export function configuredUrl(): string | undefined {
  const { PUBLIC_URL } = process.env;
  if (!PUBLIC_URL) return undefined;
  const url = URL.canParse(PUBLIC_URL) ? new URL(PUBLIC_URL) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username)
    throw new Error("PUBLIC_URL must be an http address without a query, such as https://api.example.com");
  return url.href.replace(/\\/+$/, "");
}

/** Where clients reach the API: PUBLIC_URL, or else the host that the request itself names, which whoever asks can choose. */
function publicUrl(event: H3Event): string {
  const configured = configuredUrl();
  if (configured) return configured;
  const host = event.req.headers.get("host") ?? "localhost";
  if (!HOST.test(host)) throw problem(400, "The host is invalid.");
  return \`\${event.url.protocol}//\${host}\`;
}

/** The column \`url\` of a query: where each row is read, below the path of its list. */
export function urlBelow(event: H3Event, path: string): Fragment {
  return sql\`\${publicUrl(event) + path}::text || '/' || id as url\`;
}
`;

const PLUGIN = `import { definePlugin } from "nitro";
import { configuredUrl } from "../utils/public-url.ts";

/** Fails the start when PUBLIC_URL is wrong. */
export default definePlugin(() => {
  configuredUrl();
});
`;
