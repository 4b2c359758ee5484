// The absolute url of each row, where the plan has it: below the host that the client has used, and no other's.
import { withArticle } from "../../plan/endpoints.ts";
import type { Table } from "../../plan/plan.ts";
import { askPage } from "./pages.ts";
import { objectOf, shown } from "./prober.ts";
import { endpointFor, type Row, type Rows } from "./rows.ts";

/** Hosts that are none, or that would lead elsewhere. */
const HOSTILE = ["example.net/x?", "user@example.net", 'example.net"><script>', "a b", "example.net#", "a\\b"];

export async function probeUrls(rows: Rows, table: Table): Promise<void> {
  const { prober, plan } = rows;
  const get = endpointFor(plan, "get", table.name);
  const list = endpointFor(plan, "list", table.name);
  const [row] = rows.of(table.name);
  if (!prober.planned || !table.url || !get || !row) return;
  const id = String(row["id"]);
  const base = { endpoint: get, id, expect: [200] };
  const what = `${withArticle(table.singular)} at the host`;
  for (const host of ["shop.example.com:8443", "localhost:3000", "[::1]:3000"]) {
    const answer = await prober.send({ ...base, what: `${what} ${host}`, headers: { host } });
    checkUrl(rows, table, get, `${what} ${host}`, objectOf(answer), host);
  }
  const forwarded = { host: "api.example.com", "x-forwarded-host": "example.net", forwarded: "host=example.net" };
  const answer = await prober.send({ ...base, what: "a forwarded request", headers: forwarded, security: true });
  checkUrl(rows, table, get, "a request that says it was forwarded", objectOf(answer), "api.example.com");
  for (const host of HOSTILE) {
    const bad = await prober.send({
      ...base,
      what: `${what} ${host}`,
      headers: { host },
      expect: [200, 400, 421],
      security: true,
    });
    if (bad?.status === 200) checkUrl(rows, table, get, `${what} ${host}`, objectOf(bad), null);
  }
  const page = list && (await askPage(prober, { endpoint: list }, "a page", { limit: 3 }));
  for (const item of (page && page.items) || []) checkUrl(rows, table, list!, "an item of the list", item, null);
}

/** Why the url of the row is not the one of its own GET; null when it is. `host` is the one that it must name. */
export function urlProblem(table: Table, get: string, row: Row, host: string | null): string | null {
  const { url } = row;
  const path = get.slice("GET ".length).replace(/\{\w+\}/, String(row["id"]));
  const fits = typeof url === "string" && /^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d+)?\//i.test(url);
  const right = fits && url.replace(/^https?:\/\/[^/]+/, "") === path && (host === null || new URL(url).host === host);
  return right ? null : `url should be http://${host ?? "HOST"}${path} of ${table.name}, and is ${shown(url)}`;
}

function checkUrl(
  { prober }: Rows,
  table: Table,
  endpoint: string,
  what: string,
  row: Row | null,
  host: string | null,
): void {
  const get = `GET ${endpoint.replace(/^\w+ /, "").replace(/\/\{\w+\}$/, "")}/{id}`;
  const problem = row && urlProblem(table, get, row, host);
  if (problem) prober.fail(endpoint, `${what}: ${problem}.`);
}
