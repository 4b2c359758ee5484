// What goes wrong when rows are made, changed and deleted.
import { type Mutation, TASKS, USERS } from "./mutation.ts";

const POST_USER = `${USERS}/index.post.ts`;
const POST_TASK = `${TASKS}/index.post.ts`;
const PATCH_USER = `${USERS}/[id].patch.ts`;
const PATCH_TASK = `${TASKS}/[id].patch.ts`;
const DELETE_USER = `${USERS}/[id].delete.ts`;
const DELETE_TASK = `${TASKS}/[id].delete.ts`;
const TASK = "server/schemas/task.ts";
const ASSIGNED = "{ ...body, details: json(body.details) }";
const check = "endpoints";

export const writing: Mutation[] = [
  {
    name: "create-stores-nothing",
    what: "POST answers with a row that it has never written.",
    check,
    says: /POST \/api\/users .*no such row is in the table users/,
    edits: [
      {
        file: POST_USER,
        from: "insert into users ${values({ id: nanoid(), ...body })} returning *",
        to: "select ${nanoid()}::varchar as id, ${body.email}::varchar as email, ${body.name}::varchar as name, extract(epoch from now())::bigint as created_at, extract(epoch from now())::bigint as updated_at where ${Object.keys(values(body)).length} > 0",
      },
    ],
  },
  {
    name: "create-is-200",
    what: "POST answers 200, and so says its contract.",
    check,
    says: /POST \/api\/users .*expected 201, got 200/,
    edits: [{ file: POST_USER, from: "  status: 201,\n", to: "" }],
    regenerate: true,
  },
  {
    name: "create-without-location",
    what: "A new row does not say where it is.",
    check,
    says: /POST \/api\/users .*Location should be "\/api\/users\/.*and is ""/,
    edits: [
      { file: POST_USER, from: /\n.*location.*/, to: "" },
      { file: POST_USER, from: "{ body, event }", to: "{ body }" },
    ],
  },
  {
    name: "create-location-elsewhere",
    what: "A new row says that it is where it is not.",
    check,
    says: /POST \/api\/users .*Location should be/,
    edits: [{ file: POST_USER, from: "`/api/users/${user.id}`", to: "`/api/user/${user.id}`" }],
  },
  {
    name: "create-forgets-a-field",
    what: "One field of a new row is not stored.",
    check,
    says: /POST \/api\/tasks .*notes should be .* and is null/,
    edits: [{ file: POST_TASK, from: "...body,", to: "...body, notes: null," }],
  },
  {
    name: "create-other-default",
    what: "A default is not the one of the plan.",
    check,
    says: /POST \/api\/tasks .*only its required fields: priority should be 3 and is 2/,
    edits: [{ file: TASK, from: "fields.priority.default(3)", to: "fields.priority.default(2)" }],
    regenerate: true,
  },
  {
    name: "create-takes-zero-for-nothing",
    what: "A zero that was sent is stored as null.",
    check,
    says: /POST \/api\/tasks .*the smallest values: price should be 0 and is null/,
    edits: [{ file: POST_TASK, from: "...body,", to: "...body, price: body.price || null," }],
  },
  {
    name: "create-changes-texts",
    what: "A text is stored in other letters than it was sent.",
    check,
    says: /POST \/api\/tasks .*title should be/,
    edits: [{ file: POST_TASK, from: "...body,", to: "...body, title: body.title.toLowerCase()," }],
  },
  {
    name: "create-escapes-texts",
    what: "A text is stored with HTML entities in it.",
    check,
    says: /POST \/api\/tasks .*title should be/,
    edits: [{ file: POST_TASK, from: "...body,", to: '...body, title: body.title.replaceAll("<", "&lt;"),' }],
  },
  {
    name: "create-milliseconds",
    what: "A time is stored in milliseconds.",
    check,
    says: /POST \/api\/tasks .*due_at should be/,
    edits: [{ file: POST_TASK, from: "...body,", to: "...body, due_at: body.due_at && body.due_at * 1000," }],
  },
  {
    name: "create-odd-id",
    what: "Ids are shorter than the contract of the answer says.",
    check,
    says: /POST \/api\/users .*expected 201, got 500/,
    edits: [{ file: POST_USER, from: "nanoid()", to: "nanoid(8)" }],
  },
  {
    name: "create-overwrites",
    what: "A value that is taken overwrites the row that has it.",
    check,
    says: /POST \/api\/users .*with the same email: expected 409, got 201/,
    edits: [
      {
        file: POST_USER,
        from: "...body })} returning",
        to: "...body })} on conflict (lower(email)) do update set name = excluded.name returning",
      },
    ],
  },
  {
    name: "create-taken-is-500",
    what: "A value that is taken is an error of the server.",
    check,
    says: /POST \/api\/users .*with the same email: expected 409, got 500/,
    edits: [
      {
        file: "server/utils/db.ts",
        from: 'return problem(409, "A record with this value already exists.");',
        to: 'return new Error("taken");',
      },
    ],
  },
  {
    name: "create-race",
    what: "Of two requests at once with one unique value, one is an error of the server.",
    check,
    says: /POST \/api\/users .*at once with the same email: expected 201 or 409, got 500/,
    edits: [
      {
        file: "server/utils/db.ts",
        from: 'return problem(409, "A record with this value already exists.");',
        to: 'return new Error("taken");',
      },
      {
        file: POST_USER,
        from: "import { one }",
        to: 'import { problem } from "../../utils/problem.ts";\nimport { maybeOne, one }',
      },
      {
        file: POST_USER,
        from: "    const user",
        to: '    if (await maybeOne(sql`select 1 from users where lower(email) = lower(${body.email})`)) throw problem(409, "Taken.");\n    const user',
      },
    ],
  },
  {
    name: "create-dangling-is-500",
    what: "A reference to nothing is an error of the server.",
    check,
    says: /POST \/api\/tasks .*refers to nothing: expected 409 or 422 or 400 or 404, got 500/,
    edits: [
      {
        file: "server/utils/db.ts",
        from: /return problem\(409, "A referenced record[^;]*;/,
        to: 'return new Error("dangling");',
      },
    ],
  },
  {
    name: "create-mixes-requests",
    what: "Requests at once share a variable.",
    check,
    says: /POST \/api\/users .*several new users at once/,
    edits: [
      { file: POST_USER, from: "export default", to: "let last: NewUser;\n\nexport default" },
      {
        file: POST_USER,
        from: "    const user",
        to: "    last = body;\n    await one(sql`select 1 as one`);\n    const user",
      },
      { file: POST_USER, from: "...body })", to: "...last })" },
    ],
  },
  {
    name: "create-touches-others",
    what: "A request that is refused changes other rows.",
    check,
    says: /POST \/api\/tasks .*requests that were refused changed the rows of users/,
    edits: [
      {
        file: POST_TASK,
        from: "    const task",
        to: "    await many(sql`update users set name = name || '!' where id = ${body.user_id} returning id`);\n    const task",
      },
      { file: POST_TASK, from: "import { one }", to: "import { many, one }" },
    ],
  },
  {
    name: "update-ignores-a-field",
    what: "One field cannot be changed.",
    check,
    says: /PATCH \/api\/tasks\/\{id\} .*in the database title should be/,
    edits: [
      {
        file: PATCH_TASK,
        from: ASSIGNED,
        to: "{ ...body, title: undefined, details: json(body.details), updated_at: 1 }",
      },
      { file: PATCH_TASK, from: ", updated_at = extract(epoch from now())::bigint", to: "" },
    ],
  },
  {
    name: "update-ignores-a-reference",
    what: "A row cannot be given to another parent.",
    check,
    says: /PATCH \/api\/tasks\/\{id\} .*in the database user_id should be/,
    edits: [{ file: PATCH_TASK, from: "...body,", to: "...body, user_id: undefined," }],
  },
  {
    name: "update-clears-the-rest",
    what: "What a change leaves out is emptied.",
    check,
    says: /PATCH \/api\/tasks\/\{id\} .*in the database notes should be .* and is null/,
    edits: [{ file: PATCH_TASK, from: "{ ...body,", to: "{ notes: null, ...body," }],
  },
  {
    name: "update-skips-falsy",
    what: "A change to false or 0 is not made.",
    check,
    says: /PATCH \/api\/tasks\/\{id\} .*in the database (?:done|price|due_at) should be (?:false|0)/,
    edits: [
      {
        file: PATCH_TASK,
        from: "...body,",
        to: "...Object.fromEntries(Object.entries(body).filter(([, value]) => value || value === null)), updated_at: undefined,",
      },
    ],
  },
  {
    name: "update-skips-null",
    what: "What is optional cannot be emptied.",
    check,
    says: /PATCH \/api\/tasks\/\{id\} .*to null: in the database \w+ should be null/,
    edits: [
      {
        file: PATCH_TASK,
        from: "...body,",
        to: "...Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)),",
      },
    ],
  },
  {
    name: "update-changes-all-rows",
    what: "A change is made to every row.",
    check,
    says: /PATCH \/api\/tasks\/\{id\} .*other rows of tasks have changed too/,
    edits: [
      {
        file: PATCH_TASK,
        from: "where id = ${params.id}\n      returning *`);",
        to: 'where id is not null\n      returning *`);\n    const [own] = await many<Task>(sql`select * from tasks where id = ${params.id}`);\n    if (!own) throw problem(404, "No task has this id.");\n    if (task) return own;',
      },
      { file: PATCH_TASK, from: "import { maybeOne }", to: "import { many, maybeOne }" },
    ],
  },
  {
    name: "update-keeps-its-time",
    what: "updated_at stays what it was.",
    check,
    says: /PATCH \/api\/users\/\{id\} .*updated_at is not the time of the change/,
    edits: [{ file: PATCH_USER, from: ", updated_at = extract(epoch from now())::bigint", to: "" }],
  },
  {
    name: "update-renews-created-at",
    what: "A change sets created_at.",
    check,
    says: /PATCH \/api\/users\/\{id\} .*in the database created_at should be/,
    edits: [
      {
        file: PATCH_USER,
        from: ", updated_at =",
        to: ", created_at = extract(epoch from now())::bigint, updated_at =",
      },
    ],
  },
  {
    name: "update-answers-the-old-row",
    what: "PATCH answers with the row as it was.",
    check,
    says: /PATCH \/api\/users\/\{id\} .*in the answer \w+ should be/,
    edits: [
      {
        file: PATCH_USER,
        from: "    const user",
        to: "    const old = await maybeOne<User>(sql`select * from users where id = ${params.id}`);\n    const user",
      },
      { file: PATCH_USER, from: "return user;", to: "return old ?? user;" },
    ],
  },
  {
    name: "update-stores-nothing",
    what: "PATCH answers what was sent and changes nothing.",
    check,
    says: /PATCH \/api\/users\/\{id\} .*in the database \w+ should be/,
    edits: [
      {
        file: PATCH_USER,
        from: /update users[^]*?returning \*/,
        to: "select * from users\n      where ${Object.keys(assignments(body)).length} > 0 and id = ${params.id}",
      },
      { file: PATCH_USER, from: "return user;", to: "return { ...user, ...(body as Partial<User>) };" },
    ],
  },
  {
    name: "update-missing-is-200",
    what: "A change of a row that does not exist succeeds.",
    check,
    says: /PATCH \/api\/users\/\{id\} .*that does not exist: expected 404, got 200/,
    edits: [
      {
        file: PATCH_USER,
        from: 'if (!user) throw problem(404, "No user has this id.");',
        to: 'if (!user) return (await maybeOne<User>(sql`select * from users limit 1`)) ?? Promise.reject(problem(404, "None."));',
      },
    ],
  },
  {
    name: "update-leaves-a-transaction-open",
    what: "A change is made in a transaction that is never ended.",
    check,
    says: /PATCH \/api\/users\/\{id\} .*(?:in the database \w+ should be|the database was blocked)/,
    edits: [
      { file: PATCH_USER, from: "import { maybeOne }", to: "import { database }" },
      { file: PATCH_USER, from: "await maybeOne<User>(sql`", to: "await first(sql`" },
      {
        file: PATCH_USER,
        from: "export default",
        to: 'async function first({ text, values }: { text: string; values: unknown[] }): Promise<User | undefined> {\n  const client = await database().connect();\n  await client.query("begin");\n  return (await client.query<User>(text, values)).rows[0];\n}\n\nexport default',
      },
    ],
  },
  {
    name: "delete-keeps-the-row",
    what: "DELETE says 204 and deletes nothing.",
    check,
    says: /DELETE \/api\/tasks\/\{id\} .*it answered 204, but the row is still in the table/,
    edits: [
      {
        file: DELETE_TASK,
        from: "delete from tasks where id = ${params.id} returning id",
        to: "select id from tasks where id = ${params.id}",
      },
    ],
  },
  {
    name: "delete-missing-is-204",
    what: "A row that does not exist is deleted with success.",
    check,
    says: /DELETE \/api\/tasks\/\{id\} .*that does not exist: expected 404, got 204/,
    edits: [
      {
        file: DELETE_TASK,
        from: /\n.*throw problem\(404.*/,
        to: "\n    if (!task && Date.now() === 0) throw problem(404);",
      },
    ],
  },
  {
    name: "delete-takes-others-along",
    what: "Deleting one row deletes others too.",
    check,
    says: /DELETE \/api\/tasks\/\{id\} .*removed \d+ rows of tasks/,
    edits: [
      {
        file: DELETE_TASK,
        from: "where id = ${params.id}",
        to: "where id = ${params.id} or title like 'Probe%' and not exists (select from tasks c where c.parent_id = tasks.id)",
      },
    ],
  },
  {
    name: "delete-changes-others",
    what: "Deleting a row changes rows of another table.",
    check,
    says: /DELETE \/api\/tasks\/\{id\} .*changed other rows of users/,
    edits: [
      {
        file: DELETE_TASK,
        from: "    if (!task)",
        to: "    if (task) await maybeOne(sql`update users set name = 'Nobody' returning id`);\n    if (!task)",
      },
    ],
  },
  {
    name: "delete-ignores-restrict",
    what: "A row that others need is deleted with them.",
    check,
    says: /DELETE \/api\/tasks\/\{id\} .*on delete restrict\): expected 409, got 204/,
    edits: [
      {
        file: DELETE_TASK,
        from: "    const task",
        to: "    await maybeOne(sql`delete from tasks where parent_id = ${params.id} returning id`);\n    const task",
      },
    ],
  },
  {
    name: "delete-ignores-set-null",
    what: "Rows that should lose a reference are deleted.",
    check,
    says: /DELETE \/api\/users\/\{id\} .*reviewer_id of the task is nothing, not null/,
    edits: [
      {
        file: DELETE_USER,
        from: "    const user",
        to: "    await maybeOne(sql`delete from tasks where reviewer_id = ${params.id} returning id`);\n    const user",
      },
    ],
  },
];
