// Projects that are right, each in its own way: none of them may be refused.
import { understand } from "../../../src/adapters/model/offline/understand/understand.ts";
import { newColumn } from "../../../src/plan/build-plan.ts";
import { completePlan } from "../../../src/plan/build-plan.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { accountsPlan } from "../accounts-plan.ts";
import { optionsPlan } from "../options-plan.ts";
import { constantPlan, longPlan, shopPlan, todoPlan } from "../../templates/sample-plans.ts";
import { type Edit, TASKS, USERS } from "./mutation.ts";

/** What the offline model makes of these today. */
const REQUESTS = [
  "a todo API with users and tasks",
  "a blog with posts (title, body text, published boolean) and comments (body text, belongs to post)",
  "tasks(priority:enum{low,high}, due_at:timestamp?, price:decimal>=0, tags:string[], manager:references:users?) users(name)",
  "books(title:string{1,120}:unique, isbn:string{17}?)",
  "items(a:int=3>=1<=5, b:bigint, c:decimal=0.5, d:integer)",
  'plans(kind:string="free trial", since:date=2026-01-31, seen:timestamp=now)',
  "pages(site:url, owner:email, data:json?, body:text, on:date)",
  "categories(name:unique, parent:references:categories?)",
  "profiles(user:references:users:unique) users(name)",
  "order(user:string, select:string, group:integer)",
  "things(price, stock, done, is_open, seen_at, due_date, website, bio, tags, metadata)",
  "seats(row:integer>=1<=40:unique, code:string{2}:unique, grade:enum{a,b,c})",
  "articles(title) keywords(word:unique) articles and keywords are many-to-many",
  "an API with GET /api/ping that returns pong",
];

const fewValues = completePlan({
  request: "rooms with few values each",
  assumptions: [],
  constants: [],
  tables: [
    {
      name: "rooms",
      singular: "room",
      columns: [
        newColumn("floor", "enum", { values: ["ground", "first", "attic"], unique: true }),
        newColumn("number", "integer", { minimum: 1, maximum: 4, unique: true }),
      ],
    },
    {
      name: "keys",
      singular: "key",
      columns: [
        newColumn("code", "string", { maxLength: 2, unique: true }),
        newColumn("room_id", "reference", { references: { table: "rooms", onDelete: "restrict" } }),
      ],
    },
  ],
});

export const SOUND_PLANS: readonly [name: string, plan: Plan][] = [
  ...[todoPlan, shopPlan, longPlan, constantPlan].map((plan): [string, Plan] => [plan.name, plan]),
  ["few values", fewValues],
  ["everything by request", optionsPlan],
  ["accounts", accountsPlan],
  ...REQUESTS.map((request): [string, Plan] => [request, planFor(request)]),
];

function planFor(request: string): Plan {
  const answer = understand(request);
  if (!answer.understood) throw new Error(`${request}: ${JSON.stringify(answer.problems)}`);
  return answer.plan;
}

/** The project that mutations are made of, written in other ways by hand. `regenerate` as for mutations. */
export interface Variation {
  name: string;
  edits: Edit[];
  regenerate?: true;
}

const JOURNAL = `import { defineHandler } from "nitro";

/** One line for each request that changes something. */
export default defineHandler((event) => {
  if (event.req.method !== "GET") console.log(event.req.method, new URL(event.req.url).pathname);
});
`;

export const VARIATIONS: readonly Variation[] = [
  {
    name: "columns named one by one, the time made by the application",
    edits: [
      {
        file: `${USERS}/[id].get.ts`,
        from: "select * from users",
        to: "select id, email, name, created_at, updated_at from users",
      },
      {
        file: `${USERS}/[id].patch.ts`,
        from: "updated_at = extract(epoch from now())::bigint",
        to: "updated_at = ${Math.round(Date.now() / 1000)}", // rounded, as Postgres does for created_at
      },
    ],
  },
  {
    name: "ids of random bytes, an absolute Location",
    edits: [
      {
        file: `${USERS}/index.post.ts`,
        from: 'import { nanoid } from "nanoid";',
        to: 'import { randomBytes } from "node:crypto";',
      },
      {
        file: `${USERS}/index.post.ts`,
        from: "id: nanoid()",
        to: 'id: randomBytes(16).toString("base64url").slice(0, 21)',
      },
      {
        file: `${USERS}/index.post.ts`,
        from: "`/api/users/${user.id}`",
        to: "`${event.url.origin}/api/users/${user.id}`",
      },
      {
        file: "tests/users.test.ts",
        from: 'created.headers.get("location")',
        to: 'new URL(created.headers.get("location") ?? "").pathname',
      },
    ],
  },
  {
    name: "cursors in another form, a larger body, other words",
    edits: [
      {
        file: "server/utils/page.ts",
        from: 'Buffer.from(JSON.stringify(position)).toString("base64url")',
        to: 'Buffer.from(JSON.stringify(position)).toString("hex")',
      },
      { file: "server/utils/page.ts", from: 'Buffer.from(cursor, "base64url")', to: 'Buffer.from(cursor, "hex")' },
      { file: "server/utils/route.ts", from: "BODY_LIMIT = 100_000", to: "BODY_LIMIT = 150_000" },
      { file: "tests/route.test.ts", from: '"x".repeat(100_000)', to: '"x".repeat(150_000)' },
      { file: `${TASKS}/[id].get.ts`, from: "No task has this id.", to: "We have looked everywhere." },
      {
        file: "tests/sql.test.ts",
        from: `Buffer.from('["1","a"]').toString("base64url")`,
        to: `Buffer.from('["1","a"]').toString("hex")`,
      },
    ],
  },
  {
    name: "a filter that refuses what is no address, texts that are not trimmed and may be empty",
    edits: [
      { file: `${USERS}/index.get.ts`, from: "z.string().max(320)", to: "z.email().max(320)" },
      {
        file: "server/schemas/task.ts",
        from: "notes: z.string().trim().min(1).max(10000)",
        to: "notes: z.string().max(20000)",
      },
      { file: "tests/tasks.test.ts", from: /\n.*\["notes", ""\],/, to: "" },
      { file: "tests/tasks.test.ts", from: /\n.*\["notes", "x"\.repeat\(10001\)\],/, to: "" },
    ],
    regenerate: true,
  },
  {
    name: "a change in two statements, with what it means for a missing row",
    edits: [
      {
        file: `${TASKS}/[id].delete.ts`,
        from: "const task = await maybeOne(sql`delete from tasks where id = ${params.id} returning id`);",
        to: "const task = await maybeOne(sql`select id from tasks where id = ${params.id}`);",
      },
      {
        file: `${TASKS}/[id].delete.ts`,
        from: 'throw problem(404, "No task has this id.");',
        to: 'throw problem(404, "No task has this id.");\n    await maybeOne(sql`delete from tasks where id = ${params.id} returning id`);',
      },
    ],
  },
  {
    name: "middleware of its own, a helper beside the routes",
    edits: [
      { file: "server/middleware/journal.ts", content: JOURNAL },
      {
        file: "server/utils/not-found.ts",
        content:
          'import { problem } from "./problem.ts";\n\nexport function notFound(what: string): never {\n  throw problem(404, `No ${what} has this id.`);\n}\n',
      },
      {
        file: `${TASKS}/[id].get.ts`,
        from: 'if (!task) throw problem(404, "No task has this id.");',
        to: 'if (!task) notFound("task");',
      },
      {
        file: `${TASKS}/[id].get.ts`,
        from: 'import { problem } from "../../utils/problem.ts";',
        to: 'import { notFound } from "../../utils/not-found.ts";',
      },
    ],
  },
  {
    name: "a reference to nothing is 422",
    edits: [
      {
        file: `${TASKS}/index.post.ts`,
        from: "    const task",
        to: '    if (!(await maybeOne(sql`select 1 from users where id = ${body.user_id}`))) throw problem(422, "No user has this id.");\n    const task',
      },
      { file: `${TASKS}/index.post.ts`, from: "import { one }", to: "import { maybeOne, one }" },
      {
        file: `${TASKS}/index.post.ts`,
        from: "import { route }",
        to: 'import { problem } from "../../utils/problem.ts";\nimport { route }',
      },
      { file: "tests/tasks.test.ts", from: /(?<head>user_id refers to nothing[^]*?)409/, to: "$<head>422" },
    ],
  },
  {
    name: "assertions by name, in steps and by the test's own",
    edits: [
      {
        file: "tests/more.test.ts",
        content: `import { equal } from "node:assert/strict";
import { it } from "node:test";
import { call } from "./app.ts";

it("answers twice", async (t) => {
  await t.test("once", async () => equal((await call("GET", "/api/ping")).status, 200));
  await t.test("and again", async (again) => again.assert.equal((await call("GET", "/api/ping")).status, 200));
});
`,
      },
    ],
  },
];
