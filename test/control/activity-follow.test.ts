// Following the timeline while others write to it, in a real control database.
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import type { ActivityItem } from "../../src/control/activity.ts";
import { beginFollowing, newActivities } from "../../src/control/activity-follow.ts";
import { type ActivityFilter, EVERYTHING } from "../../src/control/activity-filter.ts";
import { findScope } from "../../src/control/activity-scope.ts";
import { type Control, openControl } from "../../src/control/database.ts";
import { insertProjects, insertRows, type NewRow, OWNER, randomNumbers, randomRow } from "../helpers/activities.ts";
import type { ScratchHome } from "../helpers/postgres.ts";
import { readyScratch } from "../helpers/homes.ts";

const PROJECTS = ["prj_aaaaaaaaa1", "prj_bbbbbbbbb2"];
const random = randomNumbers(11);
/** However slow the machine is. */
const PATIENTLY = { timeout: 60_000 };

let scratch: ScratchHome;
let control: Control;
const followers: Follower[] = [];

beforeAll(async () => {
  scratch = await readyScratch();
  control = await openControl(scratch.config);
  await insertProjects(control, PROJECTS);
});
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
});
afterAll(async () => {
  await control.close();
  await scratch.remove();
});

interface Follower {
  earlier: string[];
  seen: ActivityItem[];
  outages: (string | null)[];
  stop: () => Promise<void>;
}

/** What a `tb activity --follow` would have printed. */
async function follow(project?: string, filter: ActivityFilter = EVERYTHING, earlier = 5): Promise<Follower> {
  const own = await openControl(scratch.config);
  const scope = await findScope(own, OWNER, project);
  const { activities, moment } = await beginFollowing(own, scope, filter, earlier);
  const stop = new AbortController();
  const [seen, outages]: [ActivityItem[], (string | null)[]] = [[], []];
  const onOutage = (error: Error | null) => void outages.push(error?.message ?? null);
  async function read(): Promise<void> {
    for await (const item of newActivities(own, scope, filter, moment, { signal: stop.signal, onOutage }))
      seen.push(item);
  }
  const reading = read();
  const follower = {
    earlier: activities.map(({ id }) => id),
    seen,
    outages,
    stop: async () => {
      stop.abort();
      await reading;
      await own.close();
    },
  };
  followers.push(follower);
  return follower;
}

async function session(): Promise<Client> {
  const client = new Client({
    ...(await createEmbeddedPostgres(scratch.config, "control").administrator()),
    database: "tb_control",
  });
  client.on("error", () => {}); // of the test that stops the server
  await client.connect();
  await client.query("set search_path to tb");
  return client;
}

async function put(client: Client, rows: NewRow[]): Promise<void> {
  await insertRows({ query: async (text, values) => (await client.query(text, values)).rows as never }, rows);
}

function idsOf(of: readonly { id?: string; action_id?: string }[]): string[] {
  return of.map(({ id, action_id }) => (id ?? action_id)!);
}

function rowsOf(count: number, projects = PROJECTS): NewRow[] {
  return Array.from({ length: count }, () => randomRow(random, projects));
}

test("what was committed out of order is seen once, when it is committed; what was rolled back never", async () => {
  const [slow, lost] = [await session(), await session()];
  const [first, second, third, fourth] = rowsOf(4) as [NewRow, NewRow, NewRow, NewRow];
  await insertRows(control, [first]);
  await slow.query("begin");
  await put(slow, [second]); // its transaction is older than the follower and than all that follows
  const follower = await follow();
  expect(follower.earlier).toContain(first.action_id);
  await lost.query("begin");
  await put(lost, rowsOf(1));
  await insertRows(control, [third]);
  await expect.poll(() => idsOf(follower.seen), PATIENTLY).toEqual([third.action_id]);
  await slow.query("commit");
  await expect.poll(() => idsOf(follower.seen), PATIENTLY).toEqual([third.action_id, second.action_id]);
  await lost.query("rollback");
  await insertRows(control, [fourth]);
  await expect
    .poll(() => idsOf(follower.seen), PATIENTLY)
    .toEqual([third.action_id, second.action_id, fourth.action_id]);
  await slow.end();
  await lost.end();
});

test("many writers with transactions of all lengths: each activity once", async () => {
  const followers = [await follow(), await follow(PROJECTS[0])];
  const committed: NewRow[] = [];
  await Promise.all(
    Array.from({ length: 10 }, async (_, writer) => {
      const own = randomNumbers(100 + writer);
      const client = await session();
      for (let n = 0; n < 15; n += 1) {
        const batch = Array.from({ length: 1 + Math.floor(own() * 5) }, () => randomRow(own, PROJECTS));
        await client.query("begin");
        for (const row of batch) {
          await put(client, [row]);
          if (own() < 0.3) await sleep(own() * 60);
        }
        const kept = own() < 0.8;
        await client.query(kept ? "commit" : "rollback");
        if (kept) committed.push(...batch);
      }
      await client.end();
    }),
  );
  const last = rowsOf(1, [PROJECTS[0]!]);
  await insertRows(control, last);
  committed.push(...last);
  for (const [i, follower] of followers.entries()) {
    await expect.poll(() => idsOf(follower.seen).includes(last[0]!.action_id), PATIENTLY).toBe(true);
    const wanted = committed.filter(({ project_id }) => i === 0 || project_id === PROJECTS[0]);
    expect(idsOf(follower.seen).toSorted()).toEqual(idsOf(wanted).toSorted());
  }
});

test("more at once than is read at once: all of them, in the order of the timeline", async () => {
  const follower = await follow();
  const many = rowsOf(1303);
  await insertRows(control, many);
  await expect.poll(() => follower.seen.length, PATIENTLY).toBe(many.length);
  const inOrder = many.toSorted((a, b) => a.created_at - b.created_at || (a.action_id < b.action_id ? -1 : 1));
  expect(idsOf(follower.seen)).toEqual(idsOf(inOrder));
});

test("only what matches, and of a project that was made meanwhile too", async () => {
  const follower = await follow(undefined, { ...EVERYTHING, types: ["deployment"], search: "größe" });
  const later = "prj_later00001";
  await insertProjects(control, [later]);
  const base = { ...rowsOf(1, [later])[0]!, action_type: "deployment", action_details: "Die GRÖßE" };
  await insertRows(control, [
    { ...base, action_id: "act_match" },
    { ...base, action_id: "act_type", action_type: "github_push" },
    { ...base, action_id: "act_text", action_details: "die Breite" },
    { ...base, action_id: "act_stranger", project_id: "prj_nobody0001" },
  ]);
  await expect
    .poll(() => follower.seen)
    .toMatchObject([{ id: "act_match", project: { id: later, name: `name-of-${later}` } }]);
  await insertRows(control, [{ ...base, action_id: "act_match_too" }]);
  await expect.poll(() => idsOf(follower.seen), PATIENTLY).toEqual(["act_match", "act_match_too"]);
});

test("the server may stop and start again: nothing is lost or told twice, and the outage is told once", async () => {
  const server = createEmbeddedPostgres(scratch.config, "control");
  const follower = await follow(PROJECTS[0]);
  const wanted: NewRow[] = [];
  for (const stop of ["in order", "killed"]) {
    // In the order of the timeline too: what is read at once comes in that order.
    const [before, during, after] = rowsOf(3, [PROJECTS[0]!]).map((row, i) => ({
      ...row,
      created_at: 1_800_000_000 + i,
    })) as [NewRow, NewRow, NewRow];
    await insertRows(control, [before]);
    if (stop === "in order") await server.stop();
    else process.kill((await server.status()).pid!, "SIGKILL");
    await expect.poll(() => follower.outages.at(-1), PATIENTLY).toEqual(expect.any(String));
    await server.ensure();
    await insertRows(control, [during]);
    await expect.poll(() => idsOf(follower.seen).at(-1), PATIENTLY).toBe(during.action_id);
    await insertRows(control, [after]);
    wanted.push(before, during, after);
    await expect.poll(() => idsOf(follower.seen), PATIENTLY).toEqual(idsOf(wanted));
  }
  expect(follower.outages).toEqual([expect.any(String), null, expect.any(String), null]);
});

test("an error that waiting does not cure ends it", async () => {
  const own = await openControl(scratch.config);
  const scope = await findScope(own, OWNER, undefined);
  const broken = newActivities(own, scope, EVERYTHING, "no snapshot", {
    signal: new AbortController().signal,
    onOutage: () => {},
  });
  await expect(broken.next()).rejects.toThrow("pg_snapshot");
  await own.close();
});
