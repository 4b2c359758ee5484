// What should be refused and is not, and what a refusal tells.
import { type Mutation, TASKS, USERS } from "./mutation.ts";

const ROUTE = "server/utils/route.ts";
const POST_USER = `${USERS}/index.post.ts`;
const TASK = "server/schemas/task.ts";
const USER = "server/schemas/user.ts";
const DB = "server/utils/db.ts";
const check = "endpoints";

export const refusing: Mutation[] = [
  {
    name: "validation-ignored",
    what: "A new row may be anything.",
    check,
    says: /POST \/api\/users .*expected 400 or 422, got (?:201|500)/,
    edits: [
      { file: POST_USER, from: "body: NewUser,", to: "body: z.looseObject({})," },
      { file: POST_USER, from: "import { nanoid }", to: 'import * as z from "zod";\nimport { nanoid }' },
    ],
  },
  {
    name: "unknown-fields-dropped",
    what: "A field that does not exist is passed over.",
    check,
    says: /POST \/api\/users .*an unknown field: expected 400 or 422, got 201/,
    edits: [{ file: USER, from: "z.strictObject(fields)", to: "z.object(fields)" }],
    regenerate: true,
  },
  {
    name: "client-chooses-the-id",
    what: "A client may set the id of a new row, and the contract says so.",
    check,
    says: /POST \/api\/users .*whose id the client sets: expected 400 or 422, got 201/,
    edits: [{ file: USER, from: "z.strictObject(fields)", to: "z.strictObject({ ...fields, id: Id.optional() })" }],
    regenerate: true,
  },
  {
    name: "bound-off-by-one",
    what: "The smallest allowed number is refused.",
    check,
    says: /POST \/api\/tasks .*the smallest values: expected 201, got 422/,
    edits: [{ file: TASK, from: ".min(1).max(5)", to: ".min(2).max(5)" }],
    regenerate: true,
  },
  {
    name: "length-off-by-one",
    what: "The longest allowed text is refused.",
    check,
    says: /POST \/api\/tasks .*the largest values: expected 201, got 422/,
    edits: [{ file: TASK, from: ".max(80)", to: ".max(79)" }],
    regenerate: true,
  },
  {
    name: "length-unchecked",
    what: "A text that is too long for its column is an error of the server.",
    check,
    says: /POST \/api\/tasks .*more than 80 characters: expected 400 or 422, got 500/,
    edits: [
      { file: TASK, from: ".max(80)", to: ".max(8000)" },
      { file: DB, from: "if (/^2[23]/.test", to: "if (/^23/.test" },
    ],
    regenerate: true,
  },
  {
    name: "enum-lacks-a-value",
    what: "One of the allowed values is refused.",
    check,
    says: /POST \/api\/tasks .*expected 201, got 422/,
    edits: [{ file: TASK, from: `z.enum(["open", "it's done"])`, to: `z.enum(["open", "its done"])` }],
    regenerate: true,
  },
  {
    name: "numbers-from-text",
    what: "A text is taken for a number.",
    check,
    says: /priority is a text instead of a number: expected 400 or 422, got 201/,
    edits: [{ file: TASK, from: "z.int32().min(1)", to: "z.coerce.number().int().min(1)" }],
    regenerate: true,
  },
  {
    name: "taken-accepted-by-update",
    what: "A change to a value that is taken is an error of the server.",
    check,
    says: /PATCH \/api\/users\/\{id\} .*to what another row has: expected 409, got 500/,
    edits: [
      { file: `${USERS}/[id].patch.ts`, from: "await maybeOne<User>(sql`", to: "await first(sql`" },
      { file: `${USERS}/[id].patch.ts`, from: "import { maybeOne }", to: "import { database }" },
      {
        file: `${USERS}/[id].patch.ts`,
        from: "export default",
        to: "async function first({ text, values }: { text: string; values: unknown[] }): Promise<User | undefined> {\n  return (await database().query<User>(text, values)).rows[0];\n}\n\nexport default",
      },
    ],
  },
  {
    name: "large-bodies-accepted",
    what: "A body has no limit.",
    check,
    says: /followed by 200000 spaces: expected 413 or 400 or 422, got 20[01]/,
    edits: [
      { file: ROUTE, from: "  assertBodySize(event, BODY_LIMIT);\n", to: "" },
      { file: ROUTE, from: "import { assertBodySize, ", to: "import { " },
      { file: ROUTE, from: "const BODY_LIMIT = 100_000;\n", to: "" },
    ],
  },
  {
    name: "any-content-type",
    what: "A body is read whatever type it says it is.",
    check,
    says: /as text\/plain: expected 415 or 400 or 422, got 20[01]/,
    edits: [{ file: ROUTE, from: 'if (type !== "application/json") throw', to: 'if (type === "image/png") throw' }],
  },
  {
    name: "bad-utf8-accepted",
    what: "Bytes that are no text are replaced and stored.",
    check,
    says: /in bad UTF-8: expected 400 or 422, got 20[01]/,
    edits: [{ file: ROUTE, from: "fatal: true", to: "fatal: false" }],
  },
  {
    name: "half-characters-accepted",
    what: "Half of a surrogate pair is replaced and stored.",
    check,
    says: /half of a surrogate pair: expected 400 or 422, got 20[01]/,
    edits: [{ file: ROUTE, from: " || !value.isWellFormed()", to: "" }],
  },
  {
    name: "malformed-json-is-500",
    what: "JSON that is none is an error of the server.",
    check,
    says: /malformed JSON: expected 400 or 422, got 500/,
    edits: [
      {
        file: ROUTE,
        from: 'throw problem(400, "The body is not valid JSON in UTF-8.");',
        to: 'throw new Error("no JSON");',
      },
    ],
  },
  {
    name: "bottomless-json",
    what: "JSON that is nested without end is an error of the server.",
    check,
    says: /nested without end: expected 413 or 400 or 422, got 500/,
    edits: [{ file: ROUTE, from: "if (depth === DEPTH_LIMIT)", to: "if (depth === DEPTH_LIMIT ** 3)" }],
  },
  {
    name: "nul-unchecked",
    what: "A text with a NUL reaches the database, which fails.",
    check,
    says: /GET \/api\/users .*a NUL: expected 400 or 422, got 500/,
    edits: [
      { file: ROUTE, from: 'value.includes("\\0") || ', to: "" },
      { file: DB, from: "if (/^2[23]/.test", to: "if (/^23/.test" },
    ],
  },
  {
    name: "unknown-parameters-ignored",
    what: "A misspelt filter shows everything.",
    check,
    says: /an unknown parameter: expected 400 or 422, got 200/,
    edits: [{ file: "server/utils/page.ts", from: "z.strictObject({", to: "z.object({" }],
  },
  {
    name: "bad-cursor-is-500",
    what: "A cursor that was made elsewhere is an error of the server.",
    check,
    says: /a cursor .*: expected 400 or 422, got 500/,
    edits: [
      {
        file: "server/utils/page.ts",
        from: 'throw problem(400, "The cursor is invalid.");',
        to: 'throw new Error("cursor");',
      },
    ],
  },
  {
    name: "wrong-method-succeeds",
    what: "A method that no file serves is answered with success.",
    check,
    says: /the method \w+, which no file serves: expected 405 or 404, got 200/,
    edits: [
      {
        file: "server/middleware/security.ts",
        from: "export default defineHandler((event) => {",
        to: 'export default defineHandler((event) => {\n  if (event.req.method === "PUT") return { done: true };',
      },
    ],
  },
  {
    name: "error-shows-sql-words",
    what: "A refusal shows what the database has said.",
    check,
    says: /the error shows a message of the database/,
    edits: [{ file: DB, from: '"A record with this value already exists."', to: "error.message" }],
  },
  {
    name: "error-shows-stack",
    what: "A refusal shows the stack of the server.",
    check,
    says: /the error shows a (?:stack trace|source file|path of the server)/,
    edits: [
      {
        file: `${TASKS}/[id].get.ts`,
        from: 'problem(404, "No task has this id.")',
        to: 'problem(404, String(new Error("No task has this id.").stack))',
      },
    ],
  },
  {
    name: "error-without-problem",
    what: "An error is plain JSON.",
    check,
    says: /an error must be application\/problem\+json/,
    edits: [
      {
        file: "server/utils/problem.ts",
        from: '"content-type": "application/problem+json"',
        to: '"content-type": "application/json"',
      },
    ],
  },
  {
    name: "error-undeclared",
    what: "An error has a status that the contract does not name.",
    check,
    says: /DELETE \/api\/tasks\/\{id\} .*openapi\.json does not name the status 409/,
    edits: [{ file: `${TASKS}/[id].delete.ts`, from: "errors: [404, 409]", to: "errors: [404]" }],
    regenerate: true,
  },
  {
    name: "column-leaks",
    what: "An answer has a column that no contract names.",
    check,
    says: /GET \/api\/tasks\/\{id\} .*"password_hash", which openapi\.json does not name/,
    edits: [
      { file: `${TASKS}/[id].get.ts`, from: "returns: TaskWithRelations,", to: "returns: TaskWithRelations.loose()," },
      { file: `${TASKS}/[id].get.ts`, from: "return found;", to: 'return { ...found, password_hash: "x" };' },
    ],
  },
  {
    name: "column-leaks-by-contract",
    what: "An answer has a column that nobody has planned, and the contract names it.",
    check,
    says: /GET \/api\/tasks\/\{id\} .*"note_to_self" is no column of the plan/,
    edits: [
      {
        file: `${TASKS}/[id].get.ts`,
        from: "returns: TaskWithRelations,",
        to: "returns: TaskWithRelations.extend({ note_to_self: z.string() }),",
      },
      { file: `${TASKS}/[id].get.ts`, from: "return found;", to: 'return { ...found, note_to_self: "x" };' },
    ],
    regenerate: true,
  },
  {
    name: "password-in-an-answer",
    what: "An answer holds the environment of the server.",
    check,
    says: /GET \/api\/health .*the answer holds the password of the database/,
    edits: [
      {
        file: "server/api/health.get.ts",
        from: 'z.literal("ok"), timestamp',
        to: 'z.literal("ok"), env: z.record(z.string(), z.unknown()), timestamp',
      },
      {
        file: "server/api/health.get.ts",
        from: "timestamp: unixNow() }",
        to: "timestamp: unixNow(), env: { ...process.env } }",
      },
    ],
    regenerate: true,
  },
  {
    name: "password-in-a-header",
    what: "A header holds the password of the database.",
    check,
    says: /the answer holds the password of the database/,
    edits: [
      {
        file: "server/utils/headers.ts",
        from: '"cache-control": "no-store",',
        to: '"cache-control": "no-store",\n  "x-debug": String(process.env.DB_PASSWORD),',
      },
    ],
  },
  {
    name: "password-in-the-log",
    what: "The server writes its password into its log.",
    check,
    says: /the server's log holds the password of the database/,
    edits: [
      {
        file: "server/plugins/database.ts",
        from: "  database();",
        to: "  database();\n  console.log(`Connected as ${process.env.DB_USER}:${process.env.DB_PASSWORD}`);",
      },
    ],
  },
  {
    name: "safe-headers-missing",
    what: "Answers lack the headers that keep a browser from misusing them.",
    check,
    says: /does not have the header x-content-type-options of the base project/,
    edits: [{ file: "server/utils/headers.ts", from: /\n  "x-content-type-options".*/, to: "" }],
  },
  {
    name: "health-lies-about-time",
    what: "The health of the service tells milliseconds.",
    check,
    says: /GET \/api\/health .*unix seconds/,
    edits: [{ file: "server/utils/time.ts", from: "Math.floor(Date.now() / 1000)", to: "Date.now()" }],
  },
  {
    name: "constant-differs",
    what: "A constant answer is not the one of the plan.",
    check,
    says: /GET \/api\/ping .*must be \{"pong":true\}, as the plan says/,
    edits: [{ file: "server/api/ping.get.ts", from: "pong: true", to: "pong: false" }],
  },
];
