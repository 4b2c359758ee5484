// What goes wrong when rows are read.
import { type Mutation, TASKS, USERS } from "./mutation.ts";

const GET_TASK = `${TASKS}/[id].get.ts`;
const LIST_TASKS = `${TASKS}/index.get.ts`;
const LIST_USERS = `${USERS}/index.get.ts`;
const USERS_TASKS = `${USERS}/[id]/tasks.get.ts`;
const PAGE = "server/utils/page.ts";
const check = "endpoints";

export const reading: Mutation[] = [
  {
    name: "get-throws-at-import",
    what: "A route throws when it is loaded; the server boots all the same.",
    check,
    says: /GET \/api\/users\/\{id\} .*expected 200, got 500[^]*at import/,
    edits: [
      {
        file: `${USERS}/[id].get.ts`,
        from: "export default",
        to: 'if (Date.now() > 0) throw new Error("at import");\n\nexport default',
      },
    ],
  },
  {
    name: "get-missing-is-200",
    what: "A row that does not exist is answered with another one.",
    check,
    says: /GET \/api\/tasks\/\{id\} .*that does not exist: expected 404, got 200/,
    edits: [
      {
        file: GET_TASK,
        from: 'if (!task) throw problem(404, "No task has this id.");',
        to: 'if (!task) return (await maybeOne<Task>(sql`select * from tasks limit 1`)) ?? Promise.reject(problem(404, "None."));',
      },
    ],
  },
  {
    name: "get-missing-is-500",
    what: "A row that does not exist is an error of the server.",
    check,
    says: /GET \/api\/tasks\/\{id\} .*that does not exist: expected 404, got 500/,
    edits: [{ file: GET_TASK, from: 'throw problem(404, "No task has this id.")', to: 'throw new Error("no row")' }],
  },
  {
    name: "get-any-row",
    what: "GET of one row answers with the newest, whichever was asked for.",
    check,
    says: /GET \/api\/tasks\/\{id\} .*the task that was made: id should be/,
    edits: [
      {
        file: GET_TASK,
        from: "where id = ${params.id}`",
        to: "where ${params.id} <> '' order by created_at desc, id limit 1`",
      },
    ],
  },
  {
    name: "get-remembers",
    what: "GET of one row keeps what it has read once, so changes are not seen.",
    check,
    says: /GET \/api\/tasks\/\{id\} .*a row that was changed: \w+ should be/,
    edits: [
      { file: GET_TASK, from: "export default", to: "const known = new Map<string, Task>();\n\nexport default" },
      {
        file: GET_TASK,
        from: "const task = await",
        to: "const task = known.get(params.id) ?? await",
      },
      { file: GET_TASK, from: "    const [found", to: "    known.set(params.id, task);\n    const [found" },
    ],
  },
  {
    name: "get-once",
    what: "An endpoint works only for its first call.",
    check,
    says: /GET \/api\/tasks\/\{id\} .*expected 200, got 500/,
    edits: [
      { file: GET_TASK, from: "export default", to: "let calls = 0;\n\nexport default" },
      {
        file: GET_TASK,
        from: "    return found;",
        to: '    if (++calls > 1) throw new Error("again");\n    return found;',
      },
    ],
  },
  {
    name: "get-flaky",
    what: "One call in five fails.",
    check,
    says: /GET \/api\/tasks\/\{id\} .*expected 200, got 500/,
    edits: [
      { file: GET_TASK, from: "export default", to: "let calls = 0;\n\nexport default" },
      {
        file: GET_TASK,
        from: "    return found;",
        to: '    if (++calls % 5 === 0) throw new Error("tired");\n    return found;',
      },
    ],
  },
  {
    name: "get-keeps-connections",
    what: "Every call takes a connection out of the pool and does not give it back.",
    check,
    says: /GET \/api\/tasks\/\{id\} .*(?:expected 200, got 503|no answer)/,
    edits: [
      { file: GET_TASK, from: "import { maybeOne }", to: "import { database, maybeOne }" },
      {
        file: GET_TASK,
        from: "    const task",
        to: '    if (process.env.NODE_ENV === "production") await database().connect();\n    const task',
      },
    ],
  },
  {
    name: "head-not-served",
    what: "HEAD is not answered like GET.",
    check,
    says: /HEAD, which says what GET says without a body: expected 200, got 40[45]/,
    edits: [
      { file: "server/plugins/requests.ts", from: 'event.req.method === "HEAD"', to: 'event.req.method === "HAED"' },
    ],
  },
  {
    name: "json-as-html",
    what: "Answers say that they are text/html.",
    check,
    says: /the answer must be application\/json, not text\/html/,
    edits: [
      {
        file: "server/utils/route.ts",
        from: "{ status: contract.status ?? 200 })",
        to: '{ status: contract.status ?? 200, headers: { "content-type": "text/html" } })',
      },
    ],
  },
  {
    name: "list-in-any-order",
    what: "A list has another order every time.",
    check,
    says: /GET \/api\/tasks .*(?:on a page before|in another order|missing)/,
    edits: [{ file: LIST_TASKS, from: "order by ${inOrder(sort)}", to: "order by random()" }],
  },
  {
    name: "list-oldest-first",
    what: "A list begins with the oldest row.",
    check,
    says: /GET \/api\/tasks .*(?:on a page before|missing|in another order)/,
    edits: [{ file: LIST_TASKS, from: "order by ${inOrder(sort)}", to: "order by created_at, id" }],
  },
  {
    name: "list-ties-unordered",
    what: "Rows of the same second have no order, so pages repeat and lose some of them.",
    check,
    says: /GET \/api\/tasks .*(?:on a page before|in another order|missing)/,
    edits: [{ file: LIST_TASKS, from: "order by ${inOrder(sort)}", to: "order by created_at desc, md5(id)" }],
  },
  {
    name: "cursor-ignored",
    what: "Every page is the first one.",
    check,
    says: /GET \/api\/tasks .*was on a page before/,
    edits: [{ file: LIST_TASKS, from: " and ${after(cursor, sort)}", to: " and (${after(cursor, sort)} or true)" }],
  },
  {
    name: "cursor-repeats",
    what: "The last row of a page comes again as the first of the next.",
    check,
    says: /was on a page before/,
    edits: [{ file: PAGE, from: "descending ? sql`<` : sql`>`", to: "descending ? sql`<=` : sql`>=`" }],
  },
  {
    name: "cursor-skips",
    what: "A page that is followed by another one loses its last row.",
    check,
    says: /the list: .* are missing|should have \d+ items/,
    edits: [
      {
        file: PAGE,
        from: "const items = rows.slice(0, limit);",
        to: "const items = rows.slice(0, rows.length > limit ? limit - 1 : limit);",
      },
    ],
  },
  {
    name: "cursor-ignores-ties",
    what: "The cursor knows only the second, so rows of the same second are lost.",
    check,
    says: /the list: .* missing/,
    edits: [
      {
        file: PAGE,
        from: "(${name(column)}, id) ${descending ? sql`<` : sql`>`} (${value}, ${id})",
        to: "${name(column)} ${descending ? sql`<` : sql`>`} ${value} and id <> ${id}",
      },
    ],
  },
  {
    name: "cursor-at-the-end",
    what: "The last page promises one more.",
    check,
    says: /there is nothing more, and still a next_cursor/,
    edits: [{ file: PAGE, from: "rows.length > limit ?", to: "rows.length >= limit ?" }],
  },
  {
    name: "page-off-by-one",
    what: "A list asks for one row too few, so it ends after the first page.",
    check,
    says: /GET \/api\/tasks .*(?:missing|a page of one)/,
    edits: [{ file: LIST_TASKS, from: "limit ${limit + 1}", to: "limit ${limit}" }],
  },
  {
    name: "limit-ignored",
    what: "A list has twenty rows, however many were asked for.",
    check,
    says: /GET \/api\/tasks .*asked for \d+ items and has 20/,
    edits: [
      { file: LIST_TASKS, from: "const { limit, cursor,", to: "const { limit: _, cursor," },
      { file: LIST_TASKS, from: "    const rows", to: "    const limit = 20;\n    const rows" },
    ],
  },
  {
    name: "limit-halved",
    what: "A list gives at most ten rows, whatever its contract says.",
    check,
    says: /GET \/api\/tasks .*a page without a limit: it should have 20 items and has 10/,
    edits: [
      { file: LIST_TASKS, from: "const { limit, cursor,", to: "const { limit: asked, cursor," },
      { file: LIST_TASKS, from: "    const rows", to: "    const limit = Math.min(asked, 10);\n    const rows" },
    ],
  },
  {
    name: "limit-not-capped",
    what: "Somebody may ask for a million rows.",
    check,
    says: /a limit of a million: expected 400 or 422, got 200/,
    edits: [{ file: PAGE, from: ".max(100)", to: ".max(1000000)" }],
    regenerate: true,
  },
  {
    name: "sort-ignored",
    what: "A list is in its usual order, whatever it was asked for.",
    check,
    says: /GET \/api\/tasks .*sort(?:ed by |=)/,
    edits: [{ file: LIST_TASKS, from: "order by ${inOrder(sort)}", to: "order by created_at desc, id desc" }],
  },
  {
    name: "include-mixed-up",
    what: "Every row brings the same row of another table along.",
    check,
    says: /under \w+ stands another row and not what \w+ refers to/,
    edits: [
      {
        file: "server/utils/include.ts",
        from: "byId.get(reference(row))",
        to: "(byId.get(reference(row)) && found[0])",
      },
    ],
  },
  {
    name: "filter-ignored",
    what: "A filter of the contract has no effect.",
    check,
    says: /GET \/api\/users .*filtered by email: an item has another email/,
    edits: [{ file: LIST_USERS, from: "matches(filters,", to: "matches({ ...filters, email: undefined }," }],
  },
  {
    name: "filter-only-the-first",
    what: "Of two filters only one holds.",
    check,
    says: /filtered by done and state: an item matches only one/,
    edits: [
      {
        file: LIST_TASKS,
        from: "matches(filters)",
        to: "matches(Object.fromEntries(Object.entries(filters).filter(([, one]) => one !== undefined).slice(0, 1)))",
      },
    ],
  },
  {
    name: "filter-lost-on-page-two",
    what: "A filter holds only on the first page.",
    check,
    says: /GET \/api\/tasks .*filtered by (?:done|state): .* should not be there/,
    edits: [{ file: LIST_TASKS, from: "matches(filters)", to: "(cursor ? sql`true` : matches(filters))" }],
  },
  {
    name: "filter-is-a-pattern",
    what: "A filter takes % for any text.",
    check,
    says: /GET \/api\/users .*filtered by email for what no row has \("%"\)/,
    edits: [{ file: LIST_USERS, from: '${matches(filters, ["email"])}', to: 'email ilike ${filters.email ?? "%"}' }],
  },
  {
    name: "filter-is-sql",
    what: "A filter becomes a part of the SQL.",
    check,
    says: /GET \/api\/users .*filtered by email for what no row has: expected 200 or 400 or 422, got (?:500|503)/,
    edits: [
      { file: LIST_USERS, from: "import { many }", to: "import { database }" },
      { file: LIST_USERS, from: "await many<User>(sql`", to: "await find(`" },
      {
        file: LIST_USERS,
        from: '${matches(filters, ["email"])} and ${after(cursor, sort)}',
        to: '${filters.email ? `lower(email) = lower(\'${filters.email}\')` : "true"} and ${after(cursor, sort).text.replace("$1", String(after(cursor, sort).values[0])).replace("$2", `\'${String(after(cursor, sort).values[1])}\'`)}',
      },
      { file: LIST_USERS, from: "${inOrder(sort)}", to: "${inOrder(sort).text}" },
      {
        file: LIST_USERS,
        from: "export default",
        to: "async function find(text: string): Promise<User[]> {\n  return (await database().query<User>(text)).rows;\n}\n\nexport default",
      },
      { file: LIST_USERS, from: "import { matches, sql }", to: "import { matches as _ }" },
    ],
  },
  {
    name: "list-remembers",
    what: "A list answers what it has answered before.",
    check,
    says: /GET \/api\/users .*again after a row was made: .* missing/,
    edits: [
      {
        file: LIST_USERS,
        from: "export default",
        to: "const known = new Map<string, Promise<User[]>>();\n\nexport default",
      },
      {
        file: LIST_USERS,
        from: "const rows = await many",
        to: "const key = JSON.stringify(query);\n    if (!known.has(key)) known.set(key, many",
      },
      {
        file: LIST_USERS,
        from: "limit ${limit + 1}`);",
        to: "limit ${limit + 1}`));\n    const rows = (await known.get(key)) ?? [];",
      },
    ],
  },
  {
    name: "nested-list-shows-all",
    what: "The rows of one parent are the rows of all.",
    check,
    says: /GET \/api\/users\/\{id\}\/tasks .*should not be there/,
    edits: [{ file: USERS_TASKS, from: "where user_id = ${params.id} and", to: "where ${params.id} <> '' and" }],
  },
  {
    name: "nested-list-of-nobody",
    what: "A parent that does not exist has an empty list.",
    check,
    says: /GET \/api\/users\/\{id\}\/tasks .*that does not exist: expected 404, got 200/,
    edits: [
      {
        file: USERS_TASKS,
        from: /\n.*throw problem\(404.*/,
        to: "\n    if (!parent && Date.now() === 0) throw problem(404);",
      },
    ],
  },
];
