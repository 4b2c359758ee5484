// What would make a bad project look good.
import { type Mutation, TASKS, USERS } from "./mutation.ts";

const GET_TASK = `${TASKS}/[id].get.ts`;

export const cheating: Mutation[] = [
  {
    name: "compiler-switched-off-in-a-file",
    what: "A comment keeps the compiler from looking at a file.",
    check: "types",
    says: /server\/utils\/odd\.ts:1: "@ts-nocheck" keeps the compiler from looking/,
    edits: [{ file: "server/utils/odd.ts", content: '// @ts-nocheck\nexport const odd: number = "text";\n' }],
  },
  {
    name: "compiler-switched-off-for-a-line",
    what: "A comment hides an error of the compiler.",
    check: "types",
    says: /server\/utils\/odd\.ts:1: "@ts-ignore" keeps the compiler from looking/,
    edits: [{ file: "server/utils/odd.ts", content: '// @ts-ignore\nexport const odd: number = "text";\n' }],
  },
  {
    name: "compiler-switched-off",
    what: "tsconfig.json checks nothing.",
    check: "types",
    says: /tsconfig\.json: is not what it is in the base project/,
    edits: [
      { file: "tsconfig.json", from: '"strict": true,', to: '"strict": false,\n    "noCheck": true,' },
      { file: "server/utils/odd.ts", content: 'export const odd: number = "text";\n' },
    ],
  },
  {
    name: "compiler-leaves-out-routes",
    what: "tsconfig.json leaves the routes out.",
    check: "types",
    says: /tsconfig\.json: is not what it is in the base project/,
    edits: [{ file: "tsconfig.json", from: '"include": ["server", ', to: '"include": ["server/utils", ' }],
  },
  {
    name: "linter-switched-off-in-a-file",
    what: "A comment keeps the linter from looking at a file.",
    check: "lint",
    says: /server\/utils\/odd\.ts:1: "oxlint-disable" keeps the linter from looking/,
    edits: [
      { file: "server/utils/odd.ts", content: "/* oxlint-disable */\nexport function odd(): void {\n  debugger;\n}\n" },
    ],
  },
  {
    name: "linter-switched-off",
    what: "The linter's rules are off.",
    check: "lint",
    says: /\.oxlintrc\.json: is not what it is in the base project/,
    edits: [
      {
        file: ".oxlintrc.json",
        from: '"correctness": "error", "suspicious": "error"',
        to: '"correctness": "off", "suspicious": "off"',
      },
    ],
  },
  {
    name: "linter-switched-off-in-a-folder",
    what: "A folder has settings of its own for the linter.",
    check: "lint",
    says: /server\/\.oxlintrc\.json: would change how the project is judged/,
    edits: [{ file: "server/.oxlintrc.json", content: '{ "categories": { "correctness": "off" } }\n' }],
  },
  {
    name: "build-makes-something-else",
    what: "The build has another entry than the base project's.",
    check: "build",
    says: /nitro\.config\.ts: is not what it is in the base project/,
    edits: [
      { file: "nitro.config.ts", from: "./server/main.ts", to: "./server/other.ts" },
      { file: "server/other.ts", content: 'import "./main.ts";\n' },
    ],
  },
  {
    name: "build-has-more-settings",
    what: "A second file configures the build.",
    check: "build",
    says: /\.nitrorc: would change how the project is judged/,
    edits: [{ file: ".nitrorc", content: "minify=false\n" }],
  },
  {
    name: "openapi-not-compared",
    what: "The script that compares openapi.json always agrees.",
    check: "openapi",
    says: /scripts\/openapi\.ts: is not what it is in the base project/,
    edits: [
      { file: "scripts/openapi.ts", from: "await main(", to: "if (process.argv.length < 3) await main(" },
      { file: `${USERS}/[id].get.ts`, from: "Get a user", to: "Fetch a user" },
    ],
  },
  {
    name: "migrations-not-run",
    what: "The script that migrates does something of its own.",
    check: "migrations",
    says: /scripts\/migrate\.ts: is not what it is in the base project/,
    edits: [
      {
        file: "scripts/migrate.ts",
        from: "const applied = await migrate(client, folder);",
        to: 'const applied = await migrate(client, folder);\n    await client.query("select 1");',
      },
    ],
  },
  {
    name: "behaves-for-one-client",
    what: "A route works only for clients that do not say who they are.",
    check: "endpoints",
    says: /GET \/api\/tasks\/\{id\} .*expected 200, got 500/,
    edits: [
      { file: GET_TASK, from: "{ params, query }", to: "{ params, query, event }" },
      {
        file: GET_TASK,
        from: "    const task",
        to: '    if (event.req.headers.get("user-agent")) throw new Error("no");\n    const task',
      },
    ],
  },
  {
    name: "behaves-for-one-host",
    what: "A route works only at the host localhost.",
    check: "endpoints",
    says: /GET \/api\/tasks\/\{id\} .*expected 200, got 500/,
    edits: [
      { file: GET_TASK, from: "{ params, query }", to: "{ params, query, event }" },
      {
        file: GET_TASK,
        from: "    const task",
        to: '    if (event.req.headers.get("host") !== "localhost") throw new Error("no");\n    const task',
      },
    ],
  },
  {
    name: "behaves-for-own-rows",
    what: "A route finds only rows that this process has made.",
    check: "endpoints",
    says: /GET \/api\/users .*missing/,
    edits: [
      {
        file: "server/utils/time.ts",
        from: "/** Seconds",
        to: "export const made = new Set<string>();\n\n/** Seconds",
      },
      { file: `${USERS}/index.post.ts`, from: "    return user;", to: "    made.add(user.id);\n    return user;" },
      {
        file: `${USERS}/index.post.ts`,
        from: "import { sql, values }",
        to: 'import { made } from "../../utils/time.ts";\nimport { sql, values }',
      },
      {
        file: `${USERS}/index.get.ts`,
        from: "return page(rows, limit, sort);",
        to: "return page(\n      rows.filter((row) => made.has(row.id)),\n      limit,\n      sort,\n    );",
      },
      {
        file: `${USERS}/index.get.ts`,
        from: "import { matches, sql }",
        to: 'import { made } from "../../utils/time.ts";\nimport { matches, sql }',
      },
    ],
  },
  {
    name: "packages-exchanged",
    what: "package.json names a package that the lock file does not have.",
    check: "dependencies",
    says: /.+/,
    edits: [{ file: "package.json", from: '"zod": "', to: '"zod-is-not-there": "1.0.0",\n    "zod": "' }],
  },
];
