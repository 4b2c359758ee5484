// What is not what was planned, or could not be built, or is out of date.
import { type Mutation, TASKS, USERS } from "./mutation.ts";

export const planning: Mutation[] = [
  {
    name: "endpoint-missing",
    what: "One endpoint of the plan was left out.",
    check: "plan",
    says: /DELETE \/api\/tasks\/\{id\} .*is in the plan .*, but there is no route file/,
    edits: [{ file: `${TASKS}/[id].delete.ts`, removed: true }],
    regenerate: true,
  },
  {
    name: "health-only",
    what: "Nothing was built but the health of the service.",
    check: "plan",
    says: /POST \/api\/users .*is in the plan[^]*GET \/api\/tasks .*is in the plan/,
    edits: [
      ...["index.get", "index.post", "[id].get", "[id].patch", "[id].delete"].flatMap((name) => [
        { file: `${USERS}/${name}.ts`, removed: true } as const,
        { file: `${TASKS}/${name}.ts`, removed: true } as const,
      ]),
      ...[`${USERS}/[id]/tasks.get.ts`, `${USERS}/[id]/tasks-as-reviewer.get.ts`, `${TASKS}/[id]/tasks.get.ts`].map(
        (file) => ({ file, removed: true }) as const,
      ),
      { file: "server/api/ping.get.ts", removed: true },
      { file: "tests/users.test.ts", removed: true },
      { file: "tests/tasks.test.ts", removed: true },
      { file: "tests/constants.test.ts", removed: true },
    ],
    regenerate: true,
  },
  {
    name: "endpoint-too-many",
    what: "There is an endpoint that nobody has planned.",
    check: "plan",
    says: /GET \/api\/users\/count .*is not in the plan: remove it/,
    edits: [
      {
        file: `${USERS}/count.get.ts`,
        content: `import * as z from "zod";
import { one } from "../../utils/db.ts";
import { route } from "../../utils/route.ts";
import { sql } from "../../utils/sql.ts";

export default route({
  summary: "Count users",
  returns: z.object({ count: z.int() }),
  handler: async () => one<{ count: number }>(sql\`select count(*) from users\`),
});
`,
      },
    ],
    regenerate: true,
  },
  {
    name: "endpoint-hidden",
    what: "There is an endpoint that openapi.json does not name.",
    check: "plan",
    says: /GET \/admin\/env .*is not in the plan: remove it/,
    edits: [
      {
        file: "server/routes/admin/env.get.ts",
        content:
          'import { defineHandler } from "nitro/h3";\n\nexport default defineHandler(() => Response.json(process.env));\n',
      },
    ],
  },
  {
    name: "endpoint-shadowed",
    what: "Two files serve one path.",
    check: "plan",
    says: /server\/api\/users\/\[name\]\.get\.ts.*serves the same endpoint/,
    edits: [
      {
        file: `${USERS}/[name].get.ts`,
        content: 'import { defineHandler } from "nitro/h3";\n\nexport default defineHandler(() => ({ id: "me" }));\n',
      },
    ],
  },
  {
    name: "endpoint-of-every-method",
    what: "A file serves its path for every method.",
    check: "plan",
    says: /server\/api\/ping\.ts: has no method in its name/,
    edits: [
      { file: "server/api/ping.get.ts", removed: true },
      {
        file: "server/api/ping.ts",
        content: 'import { defineHandler } from "nitro/h3";\n\nexport default defineHandler(() => ({ pong: true }));\n',
      },
    ],
  },
  {
    name: "openapi-out-of-date",
    what: "The contract was changed and openapi.json was not written anew.",
    check: "openapi",
    says: /does not match the routes: run `npm run openapi`\. First at line \d+/,
    edits: [{ file: `${USERS}/[id].get.ts`, from: "Get a user", to: "Fetch a user" }],
  },
  {
    name: "openapi-missing",
    what: "There is no openapi.json.",
    check: "openapi",
    says: /openapi\.json: is missing/,
    edits: [{ file: "openapi.json", removed: true }],
  },
  {
    name: "openapi-empty",
    what: "openapi.json names no endpoint.",
    check: "openapi",
    says: /does not match the routes/,
    edits: [{ file: "openapi.json", content: '{ "openapi": "3.1.0", "info": {}, "paths": {} }\n' }],
  },
  {
    name: "types-wrong",
    what: "The compiler finds something.",
    check: "types",
    says: /server\/utils\/odd\.ts:1: error TS2322/,
    edits: [{ file: "server/utils/odd.ts", content: 'export const odd: number = "text";\n' }],
  },
  {
    name: "unformatted",
    what: "A file is not formatted.",
    check: "lint",
    says: /server\/utils\/odd\.ts: is not formatted/,
    edits: [{ file: "server/utils/odd.ts", content: "export const odd={a:1}\n" }],
  },
  {
    name: "debugger-left",
    what: "The linter finds something.",
    check: "lint",
    says: /server\/api\/users\/\[id\]\.get\.ts:\d+: .*no-debugger/,
    edits: [{ file: `${USERS}/[id].get.ts`, from: "    const user", to: "    debugger;\n    const user" }],
  },
  {
    name: "build-fails",
    what: "A module asks for what another one does not export.",
    check: "build",
    says: /"noSuchFunction" is not exported by "server\/utils\/db\.ts"/,
    edits: [
      { file: `${USERS}/[id].get.ts`, from: "import { maybeOne }", to: "import { noSuchFunction }" },
      { file: `${USERS}/[id].get.ts`, from: "maybeOne<User>", to: "noSuchFunction<User>" },
    ],
  },
  {
    name: "boot-fails",
    what: "The built server ends when it starts.",
    check: "boot",
    says: /The server ended with exit code 1:[^]*no luck/,
    edits: [
      {
        file: "server/plugins/database.ts",
        from: "  database();",
        to: '  if (process.env.NODE_ENV === "production") throw new Error("no luck");\n  database();',
      },
    ],
  },
  {
    name: "boot-needs-more",
    what: "The server needs a variable that nobody sets.",
    check: "boot",
    says: /The server (?:ended|was not healthy)[^]*REDIS_URL/,
    edits: [
      {
        file: "server/plugins/database.ts",
        from: "  database();",
        to: '  if (!process.env.REDIS_URL && process.env.NODE_ENV === "production") throw new Error("REDIS_URL is missing");\n  database();',
      },
    ],
  },
  {
    name: "health-in-other-words",
    what: "The health of the service is not told as it should be.",
    check: "boot",
    says: /GET \/api\/health must return \{"status", "timestamp"\}/,
    edits: [
      { file: "server/api/health.get.ts", from: 'status: z.literal("ok"), timestamp: z.int()', to: "up: z.boolean()" },
      {
        file: "server/api/health.get.ts",
        from: 'return { status: "ok" as const, timestamp: unixNow() };',
        to: "return { up: unixNow() > 0 };",
      },
    ],
    regenerate: true,
  },
  {
    name: "migration-edited",
    what: "A migration was changed after it had been applied.",
    check: "migrations",
    says: /the database does not have it: column users\.name character varying\(100\) not null/,
    edits: [
      { file: "migrations/0001_users_and_tasks.sql", from: "name       varchar(200)", to: "name       varchar(100)" },
    ],
  },
  {
    name: "migration-added",
    what: "A migration was written and not applied.",
    check: "migrations",
    says: /the database does not have it: column users\.age integer/,
    edits: [{ file: "migrations/0002_age.sql", content: "alter table users add column age integer;\n" }],
  },
  {
    name: "migration-broken",
    what: "A migration fails on an empty database.",
    check: "migrations",
    says: /The migrations fail on an empty database.*syntax error/s,
    edits: [{ file: "migrations/0002_age.sql", content: "alter table users add colum age integer;\n" }],
  },
  {
    name: "migration-missing",
    what: "The migration is gone.",
    check: "migrations",
    says: /The database has this, but migrations\/ does not make it: column users\.email/,
    edits: [{ file: "migrations/0001_users_and_tasks.sql", removed: true }],
  },
  {
    name: "schema-changed-by-hand",
    what: "The database has an index that no migration makes.",
    check: "migrations",
    says: /The database has this, but migrations\/ does not make it: index by_name/,
    edits: [],
    sql: "create index by_name on users (name)",
  },
  {
    name: "schema-row-security",
    what: "The database hides rows by a policy that no migration makes.",
    check: "migrations",
    says: /The database has this, but migrations\/ does not make it: (?:row security|policy)/,
    edits: [],
    sql: "alter table users enable row level security; create policy everyone on users using (true) with check (true)",
  },
  {
    name: "schema-not-unique",
    what: "What must be unique is not, in the database.",
    check: "plan",
    says: /users\.email is unique in the plan, but not in the database/,
    edits: [],
    sql: "drop index users_email_key",
  },
];
