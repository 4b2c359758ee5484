// Accounts: nothing is answered without a good token, nobody sees what is another one's, and only hashes are kept.
import { accountTable, LOGIN_COLUMN, PASSWORD_LENGTH } from "../../plan/accounts.ts";
import { withArticle } from "../../plan/endpoints.ts";
import type { Endpoint, Table } from "../../plan/plan.ts";
import { routeKey } from "../routes.ts";
import { badBodies, REFUSED } from "./bad-bodies.ts";
import { CONFLICT } from "./probe-create.ts";
import { isObject, type Probe, shown } from "./prober.ts";
import { endpointFor, type Rows, writable } from "./rows.ts";
import { publicEndpoints } from "./sessions.ts";
import { unchanged } from "./unchanged.ts";
import { unknownId, validValue } from "./values.ts";

/** Once there are rows, and before any are deleted. */
export async function probeAccounts(rows: Rows): Promise<void> {
  const { plan, prober } = rows;
  const accounts = accountTable(plan.tables);
  const sessions = prober.sessions;
  const main = sessions?.main() ?? null;
  if (!accounts || !sessions || main === null) return;
  // What a project that nobody has planned lets others see is its own affair.
  if (!prober.planned) return probeLogOut(rows, accounts, main);
  await probeLogIn(rows, accounts, main);
  await probePasswords(rows, accounts);
  await probeWithoutToken(rows, accounts, main);
  const other = await rows.make(accounts, "another account");
  const token = other && (await sessions.logIn(String(other["id"])));
  if (!other || token === null) return;
  await probeForeign(rows, accounts, main, token);
  await probeHashes(rows, accounts, String(other["id"]), token);
  await probeEnds(rows, accounts, String(other["id"]), token);
  await probeDeparture(rows, accounts);
}

async function probeLogOut({ plan, prober }: Rows, accounts: Table, main: string): Promise<void> {
  const endpoint = endpointFor(plan, "log-out", accounts.name);
  const token = endpoint && (await prober.sessions!.logIn(main));
  if (endpoint && token !== null)
    await prober.send({ endpoint, what: "an account that logs out", token, expect: prober.success(endpoint) });
}

/** Wrong passwords and unknown addresses are refused in the same words; other bodies as anywhere. */
async function probeLogIn(rows: Rows, accounts: Table, main: string): Promise<void> {
  const { plan, prober } = rows;
  const endpoint = endpointFor(plan, "log-in", accounts.name)!;
  const good = prober.sessions!.credentials(main)!;
  const unknown = validValue(
    accounts.columns.find(({ name }) => name === LOGIN_COLUMN)!,
    rows.next(),
  );
  const refused: Probe[] = [
    { endpoint, what: "a wrong password", body: { ...good, password: `${good.password}x` } },
    { endpoint, what: "an unknown address", body: { ...good, [LOGIN_COLUMN]: unknown } },
    { endpoint, what: "SQL instead of a password", body: { ...good, password: "' or '1'='1" } },
    { endpoint, what: "SQL instead of an address", body: { ...good, [LOGIN_COLUMN]: "' or '1'='1' -- " } },
  ].map((probe) => ({ ...probe, expect: [401], security: true }));
  const answers = await prober.sendAll(refused);
  const words = new Set(answers.flatMap((answer) => (answer ? [answer.text] : [])));
  if (words.size > 1)
    prober.fail(
      endpoint,
      "a wrong password and an unknown address: the answers differ, which tells who has an account.",
    );
  const { password, ...withoutPassword } = good;
  const { email, ...withoutAddress } = good;
  await prober.sendAll([
    { endpoint, what: "no password", body: withoutPassword, expect: REFUSED },
    { endpoint, what: "no address", body: withoutAddress, expect: REFUSED },
    { endpoint, what: "a password that is a number", body: { email, password: 12_345_678 }, expect: REFUSED },
    {
      endpoint,
      what: "a password of 100,000 characters",
      body: { email, password: password.padEnd(100_000, "x") },
      expect: [413, ...REFUSED],
    },
    ...badBodies(prober, accounts, { endpoint, good: { ...good }, one: "a login" }),
  ]);
}

async function probePasswords(rows: Rows, accounts: Table): Promise<void> {
  const { plan, prober } = rows;
  const endpoint = endpointFor(plan, "create", accounts.name)!;
  const body = await rows.body(accounts, "full");
  const { password: _, ...without } = body;
  const bad = (what: string, password: unknown): Probe => ({
    endpoint,
    what,
    body: { ...body, password },
    expect: REFUSED,
    security: true,
  });
  await unchanged(rows, accounts, endpoint, "a sign-up that was refused", () =>
    prober.sendAll([
      { endpoint, what: "a sign-up without a password", body: without, expect: REFUSED, security: true },
      bad("a password that is too short", "x".repeat(PASSWORD_LENGTH.minimum - 1)),
      bad("a password that is too long", "x".repeat(PASSWORD_LENGTH.maximum + 1)),
      bad("a password that is a number", 12_345_678),
      bad("a password that is null", null),
    ]),
  );
}

/** Each endpoint that is not public, with an id and a body that are fine. */
async function probeWithoutToken(rows: Rows, accounts: Table, main: string): Promise<void> {
  const { plan, prober } = rows;
  const open = publicEndpoints(plan);
  for (const endpoint of plan.endpoints.filter((one) => !open.has(routeKey(one)))) {
    const base = await validRequest(rows, endpoint, main);
    const key = routeKey(endpoint);
    const probes: Probe[] = [
      { ...base, what: "a request without a token", token: null },
      { ...base, what: "a token that nobody has", token: unknownId().repeat(2).slice(0, 43) },
      { ...base, what: "an empty token", token: "" },
      {
        ...base,
        what: "a name and a password instead of a token",
        token: null,
        headers: { authorization: "Basic dTpw" },
      },
    ];
    await unchanged(rows, accounts, key, "a request without a token", async () => {
      for (const answer of await prober.sendAll(probes))
        if (answer && !/^bearer/i.test(String(answer.headers["www-authenticate"] ?? "")))
          prober.fail(key, "a request without a token: the answer does not name Bearer in WWW-Authenticate.");
    });
  }
}

async function validRequest(
  rows: Rows,
  { method, path, operation }: Endpoint,
  main: string,
): Promise<Omit<Probe, "what">> {
  const name = operation.kind === "nested-list" ? operation.parent : "table" in operation ? operation.table : null;
  const table = rows.plan.tables.find((one) => one.name === name);
  const id = table?.account ? main : rows.of(table?.name ?? "")[0]?.["id"];
  const body = method === "PATCH" || operation.kind === "create" ? await rows.body(table!, "full") : undefined;
  const { password: _, ...sent } = body ?? {};
  return {
    endpoint: routeKey({ method, path }),
    ...(path.includes("{id}") && { id: typeof id === "string" ? id : unknownId() }),
    ...(body && { body: sent }),
    expect: [401],
    security: true,
  };
}

/** Another account's token: rows of the first one are not there, neither to read nor to refer to. */
async function probeForeign(rows: Rows, accounts: Table, main: string, token: string): Promise<void> {
  const { plan, prober } = rows;
  for (const endpoint of plan.endpoints) {
    const { operation } = endpoint;
    const name = operation.kind === "nested-list" ? operation.parent : "table" in operation ? operation.table : null;
    const table = plan.tables.find((one) => one.name === name);
    if (!table || (table.owner === undefined && !table.account)) continue;
    const key = routeKey(endpoint);
    const base = { ...(await validRequest(rows, endpoint, main)), token, security: true };
    const whose = `${withArticle(table.singular)} of another account`;
    await unchanged(rows, accounts, key, `a request for ${whose}`, async () => {
      if (endpoint.path.includes("{id}")) await prober.send({ ...base, what: whose, expect: [404] });
      else if (operation.kind === "list") {
        const answer = await prober.send({ ...base, what: `${table.name} of an account that has none`, expect: [200] });
        const items = isObject(answer?.json) ? answer.json["items"] : undefined;
        if (answer && !(Array.isArray(items) && items.length === 0))
          prober.fail(
            key,
            `${table.name} of an account that has none: the list must be empty, and is ${shown(items)}.`,
          );
      } else if (operation.kind === "delete-all")
        await prober.send({
          ...base,
          what: `all ${table.name} of an account that has none`,
          expect: prober.success(key),
        });
      else if (operation.kind === "create" && !table.account) await probeForeignParents(rows, table, base);
    });
  }
}

async function probeForeignParents({ plan, prober }: Rows, table: Table, base: Omit<Probe, "what">): Promise<void> {
  for (const column of writable(table)) {
    const parent = plan.tables.find(({ name }) => name === column.references?.table);
    if (parent?.owner === undefined) continue;
    const what = `${withArticle(table.singular)} whose ${column.name} is of another account`;
    await prober.send({ ...base, what, expect: CONFLICT });
  }
}

/** Neither passwords nor tokens are anywhere in the database as they are. */
async function probeHashes({ plan, prober, store }: Rows, accounts: Table, id: string, token: string): Promise<void> {
  const { password } = prober.sessions!.credentials(id)!;
  for (const [what, secret, kind] of [
    ["password", password, "create"],
    ["token", token, "log-in"],
  ] as const) {
    const table = await store.tableWith(secret);
    prober.tally.countSecurity(table === null);
    if (table !== null)
      prober.fail(endpointFor(plan, kind, accounts.name)!, `a ${what} is in the table ${table} as it is: keep a hash.`);
  }
}

/** A token ends when its account logs out, and with its time; others do not. */
async function probeEnds(rows: Rows, accounts: Table, id: string, token: string): Promise<void> {
  const { plan, prober, store } = rows;
  const read = endpointFor(plan, "get", accounts.name)!;
  const endpoint = endpointFor(plan, "log-out", accounts.name)!;
  const second = await prober.sessions!.logIn(id);
  await prober.send({ endpoint, what: "an account that logs out", token, expect: prober.success(endpoint) });
  await prober.send({ endpoint: read, what: "a token that has logged out", id, token, expect: [401], security: true });
  await prober.send({ endpoint: read, what: "another token of the same account", id, token: second, expect: [200] });
  await store.endSessions(id);
  await prober.send({
    endpoint: read,
    what: "a token whose time is over",
    id,
    token: second,
    expect: [401],
    security: true,
  });
}

/** An account that is deleted takes all that belongs to it along, and its tokens. */
async function probeDeparture(rows: Rows, accounts: Table): Promise<void> {
  const { plan, prober, store } = rows;
  const remove = endpointFor(plan, "delete", accounts.name)!;
  const leaver = await rows.make(accounts, "an account that will leave");
  if (!leaver) return;
  rows.forget(accounts, leaver);
  const id = String(leaver["id"]);
  const credentials = prober.sessions!.credentials(id)!;
  const token = await prober.sessions!.logIn(id);
  const left: { table: string; id: string }[] = [];
  for (const table of plan.tables.filter(({ owner }) => owner !== undefined)) {
    const create = endpointFor(plan, "create", table.name);
    const refers = writable(table).some(({ references, nullable }) => references && !nullable);
    if (create === null || refers) continue;
    const body = Object.fromEntries(
      Object.entries(await rows.body(table, "full")).filter(([name]) => !name.endsWith("_id")),
    );
    const answer = await prober.send({
      endpoint: create,
      what: `a valid ${table.singular}`,
      body,
      token,
      expect: prober.success(create),
    });
    if (isObject(answer?.json)) left.push({ table: table.name, id: String(answer.json["id"]) });
  }
  const what = "an account that has rows";
  if (!(await prober.send({ endpoint: remove, what, id, token, expect: prober.success(remove) }))) return;
  for (const row of left)
    if (await store.row(row.table, row.id)) prober.fail(remove, `${what}: its row of ${row.table} is still there.`);
  await prober.send({
    endpoint: endpointFor(plan, "get", accounts.name)!,
    what: "the token of an account that has left",
    id,
    token,
    expect: [401],
    security: true,
  });
  const logIn = endpointFor(plan, "log-in", accounts.name)!;
  await prober.send({
    endpoint: logIn,
    what: "an account that has left",
    body: credentials,
    expect: [401],
    security: true,
  });
}
