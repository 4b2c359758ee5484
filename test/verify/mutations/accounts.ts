// What goes wrong with accounts; of the project of accounts-plan.ts.
import type { Mutation } from "./mutation.ts";

const ACCOUNTS = "server/utils/accounts.ts";
const TASK = "server/api/tasks/[id]";
const TASKS = "server/api/tasks/index";
const OWN = "user_id = ${account} and ";

export const accounts: Mutation[] = [
  {
    name: "account-route-is-public",
    what: "A list is answered without a token.",
    check: "endpoints",
    says: /GET \/api\/categories .*a request without a token: expected 401, got 200/,
    edits: [
      { file: "server/api/categories/index.get.ts", from: "query: Query,", to: "public: true,\n  query: Query," },
    ],
    regenerate: true,
  },
  {
    name: "account-any-token-will-do",
    what: "A token is not compared with those that are good.",
    check: "endpoints",
    says: /a request without a token: expected 401, got 20/,
    edits: [
      {
        file: ACCOUNTS,
        from: "where token_hash = ${digest(tokenOf(event))} and expires_at",
        to: "where ${digest(tokenOf(event))}::text is not null and expires_at",
      },
    ],
  },
  {
    name: "account-token-never-ends",
    what: "A token is good for ever.",
    check: "endpoints",
    says: /a token whose time is over: expected 401, got 200/,
    edits: [{ file: ACCOUNTS, from: " and expires_at > extract(epoch from now())`", to: "`" }],
  },
  {
    name: "account-log-out-does-nothing",
    what: "A token is still good after its account has logged out.",
    check: "endpoints",
    says: /a token that has logged out: expected 401, got 200/,
    edits: [
      {
        file: ACCOUNTS,
        from: "delete from account_sessions where token_hash =",
        to: "delete from account_sessions where token_hash <> token_hash and token_hash =",
      },
    ],
  },
  {
    name: "account-log-out-ends-others",
    what: "Logging out ends the other tokens of the account as well.",
    check: "endpoints",
    says: /another token of the same account: expected 200, got 401/,
    edits: [
      {
        file: ACCOUNTS,
        from: "delete from account_sessions where token_hash = ${digest(tokenOf(event))}",
        to: "delete from account_sessions where account_id in (select account_id from account_sessions where token_hash = ${digest(tokenOf(event))})",
      },
    ],
  },
  {
    name: "account-password-not-checked",
    what: "Any password logs in.",
    check: "endpoints",
    says: /POST \/api\/login .*a wrong password: expected 401, got 200/,
    edits: [{ file: ACCOUNTS, from: "if (!known || !right)", to: "if (!known || right === null)" }],
  },
  {
    name: "account-password-kept-as-it-is",
    what: "Passwords are in the database as they were sent.",
    check: "endpoints",
    says: /POST \/api\/users .*a password is in the table account_passwords as it is/,
    edits: [
      { file: ACCOUNTS, from: /const salt = randomBytes[^]*?join\("\$"\);/, to: "return password;" },
      { file: ACCOUNTS, from: /const \[, N, r, p[^]*?"base64url"\)\);/, to: "return password === hash;" },
    ],
  },
  {
    name: "account-token-kept-as-it-is",
    what: "Tokens are in the database as they are sent.",
    check: "endpoints",
    says: /POST \/api\/login .*a token is in the table account_sessions as it is/,
    edits: [{ file: ACCOUNTS, from: /return createHash\("sha256"\)[^;]*;/, to: "return token;" }],
  },
  {
    name: "account-log-in-tells-who-is-there",
    what: "An unknown address is told apart from a wrong password.",
    check: "endpoints",
    says: /POST \/api\/login .*the answers differ, which tells who has an account/,
    edits: [
      {
        file: ACCOUNTS,
        from: "const right = await",
        to: 'if (!known) throw problem(401, "Nobody has this address.");\n  const right = await',
      },
    ],
  },
  {
    name: "account-weak-password",
    what: "A password of one character is taken.",
    check: "endpoints",
    says: /POST \/api\/users .*a password that is too short: expected 400 or 422, got 201/,
    edits: [{ file: ACCOUNTS, from: "z.string().min(8)", to: "z.string().min(1)" }],
    regenerate: true,
  },
  {
    name: "account-seen-by-others",
    what: "An account is shown to others.",
    check: "endpoints",
    says: /GET \/api\/users\/\{id\} .*another account: expected 404, got 200/,
    edits: [{ file: "server/api/users/[id].get.ts", from: "id = ${account} and ", to: "" }],
  },
  {
    name: "account-deleted-by-others",
    what: "An account can be deleted by another one.",
    check: "endpoints",
    says: /DELETE \/api\/users\/\{id\} .*another account: expected 404, got 204/,
    edits: [{ file: "server/api/users/[id].delete.ts", from: "id = ${account} and ", to: "" }],
  },
  {
    name: "owner-row-is-read",
    what: "A row of another account is shown.",
    check: "endpoints",
    says: /GET \/api\/tasks\/\{id\} .*another account: expected 404, got 200/,
    edits: [{ file: `${TASK}.get.ts`, from: OWN, to: "" }],
  },
  {
    name: "owner-row-is-changed",
    what: "A row of another account can be changed.",
    check: "endpoints",
    says: /PATCH \/api\/tasks\/\{id\} .*another account: expected 404, got (?:200|409)/,
    edits: [{ file: `${TASK}.patch.ts`, from: OWN, to: "" }],
  },
  {
    name: "owner-row-is-deleted",
    what: "A row of another account can be deleted.",
    check: "endpoints",
    says: /DELETE \/api\/tasks\/\{id\} .*another account: expected 404, got 204/,
    edits: [{ file: `${TASK}.delete.ts`, from: OWN, to: "" }],
  },
  {
    name: "owner-rows-are-listed",
    what: "A list shows the rows of other accounts.",
    check: "endpoints",
    says: /GET \/api\/tasks .*tasks of an account that has none: the list must be empty/,
    edits: [{ file: `${TASKS}.get.ts`, from: OWN, to: "" }],
  },
  {
    name: "owner-rows-are-listed-below-their-parent",
    what: "There is a list below a row of another account.",
    check: "endpoints",
    says: /GET \/api\/projects\/\{id\}\/tasks .*another account: expected 404, got 200/,
    edits: [
      { file: "server/api/projects/[id]/tasks.get.ts", from: `from projects where ${OWN}`, to: "from projects where " },
    ],
  },
  {
    name: "owner-rows-are-all-deleted",
    what: "Deleting all rows deletes those of other accounts as well.",
    check: "endpoints",
    says: /DELETE \/api\/tasks .*another account.* changed the rows of tasks/,
    edits: [{ file: `${TASKS}.delete.ts`, from: OWN, to: "" }],
  },
  {
    name: "owner-chosen-by-the-client",
    what: "Whoever makes a row can give it to another account.",
    check: "endpoints",
    says: /POST \/api\/projects .*a project whose user_id the client sets/,
    edits: [
      {
        file: "server/schemas/project.ts",
        from: "const fields = {",
        to: "const fields = {\n  user_id: Id.optional(),",
      },
    ],
    regenerate: true,
  },
  {
    name: "owner-refers-to-others",
    what: "A row can refer to a row of another account.",
    check: "plan",
    says: /tasks\.project_id may refer to projects of another owner/,
    edits: [],
    sql: "alter table tasks drop constraint tasks_project_id_user_id_fkey, add foreign key (project_id) references projects (id)",
  },
  {
    name: "owner-unique-for-all",
    what: "A value that one account has is taken for all others.",
    check: "plan",
    says: /projects\.slug is unique in the plan for each user_id among the rows that are not deleted, but not in the database/,
    edits: [],
    sql: "drop index projects_slug_key; create unique index on projects (slug) where deleted_at is null",
  },
];
