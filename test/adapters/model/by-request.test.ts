// What a request may ask for beyond tables and columns: understood, or reported in its own words.
import { describe, expect, test } from "vitest";
import { understand } from "../../../src/adapters/model/offline/understand/understand.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { validatePlan } from "../../../src/plan/validate-plan.ts";
import { unnoticed, wordsOf } from "./noticed.ts";

function planFor(request: string): Plan {
  const answer = understand(request);
  if (!answer.understood) throw new Error(JSON.stringify(answer.problems, null, 2));
  return validatePlan(answer.plan);
}

/** `tasks?q=title,notes`, `tasks:soft`, `tasks:url`, `-tasks`, `users:login` and `tasks@user_id` for each table with options; origins. */
function optionsOf(request: string): string {
  const { tables, endpoints, cors = [] } = planFor(request);
  const emptied = endpoints.flatMap(({ operation: one }) => (one.kind === "delete-all" ? [one.table] : []));
  return tables
    .flatMap(({ name, search, softDelete, url, account, owner }) => [
      ...(account ? [`${name}:login`] : []),
      ...(owner === undefined ? [] : [`${name}@${owner}`]),
      ...(search ? [`${name}?q=${search.join(",")}`] : []),
      ...(softDelete ? [`${name}:soft`] : []),
      ...(url ? [`${name}:url`] : []),
      ...(emptied.includes(name) ? [`-${name}`] : []),
    ])
    .concat(cors)
    .join(" ");
}

/** "“tasks” reason suggestion" of the first problem. */
function problemOf(request: string): string {
  const answer = understand(request);
  if (answer.understood) throw new Error(`${request} is understood`);
  const [{ text, reason, suggestion }] = answer.problems as [(typeof answer.problems)[number]];
  return `“${text}” ${reason} ${suggestion ?? ""}`;
}

const UNDERSTOOD: [request: string, options: string][] = [
  ["a todo API with users and tasks with search", "tasks?q=title,description"],
  ["a todo API with users, tasks and search", "users?q=name,email tasks?q=title,description"],
  ["users and tasks, with search", "users?q=name,email tasks?q=title,description"],
  ["tasks(title:string:searchable, notes:text?, done) with search by notes", "tasks?q=title,notes"],
  ["tasks have a title and a searchable body", "tasks?q=body"],
  ["tasks are searchable by title and description; users have a name", "tasks?q=title,description"],
  ["users, tasks; search tasks by title", "tasks?q=title"],
  ["users, tasks; search for users and tasks", "users?q=name,email tasks?q=title,description"],
  ["users, tasks; search for all tables", "users?q=name,email tasks?q=title,description"],
  ["tasks(title, done), users(name); search by title", "tasks?q=title"],
  ["posts have a title and full-text search", "posts?q=title"],
  ["posts can be searched by their title", "posts?q=title"],
  ["users(name) with search, tasks(title) with search by title", "users?q=name tasks?q=title"],
  ["tasks are soft-deleted", "tasks:soft"],
  ["each task is soft deleted", "tasks:soft"],
  ["users, tasks; soft delete for users", "users:soft"],
  ["users(name), tasks(title, owner:references:users) with soft delete", "users:soft tasks:soft"],
  ["users(name), tasks(title, owner:references:users?) with soft delete", "tasks:soft"],
  ["a blog with posts and soft delete", "posts:soft"],
  ["all tables are soft-deleted, notes and events", "notes:soft events:soft"],
  ["notes, events; everything is searchable", "notes?q=title,body events?q=title,description"],
  ["notes have a title, soft delete and search by title", "notes?q=title notes:soft"],
  ["a todo API with users and tasks; delete all tasks at once", "-tasks"],
  ["users, tasks; tasks can be deleted at once", "-tasks"],
  ["users, tasks; tasks can be deleted all at once", "-tasks"],
  ["tasks(title) with search, soft delete and bulk delete", "tasks?q=title tasks:soft -tasks"],
  ["bulk delete for users and tasks; users, tasks", "-users -tasks"],
  ["tasks, with CORS for https://app.example.com", "https://app.example.com"],
  [
    'tasks; CORS for https://app.example.com, http://localhost:5173 and "https://b.example".',
    "https://app.example.com http://localhost:5173 https://b.example",
  ],
  ["tasks with a title and CORS from http://127.0.0.1:5173; users", "http://127.0.0.1:5173"],
  ["tasks have an absolute url", "tasks:url"],
  ["tasks, notes; absolute urls for notes", "notes:url"],
  ["everything has an absolute url; notes, events", "notes:url events:url"],
  ["shows(name) with absolute url and soft delete; users(name)", "shows:soft shows:url"],
  ["a todo API with users and tasks with login", "users:login tasks@user_id"],
  ["a todo API with users, tasks and login", "users:login tasks@user_id"],
  ["notes(title, owner:references:users) users(name) with login", "users:login notes@owner_id"],
  ["notes with authentication", "users:login notes@user_id"],
  ["users can sign up and log in; projects belong to a user", "users:login projects@user_id"],
  [
    "users can log in; projects belong to a user; tasks have a title and belong to a project",
    "users:login projects@user_id tasks@user_id",
  ],
  [
    "customers can register and log in; orders belong to a customer; products have a name",
    "customers:login orders@customer_id",
  ],
  [
    "login for members; members have a name; books have a title and belong to a member",
    "members:login books@member_id",
  ],
  ["users, notes and user accounts; notes are soft-deleted", "users:login notes@user_id notes:soft"],
  ["notes belong to a user, with sign-up", "users:login notes@user_id"],
  ["a notes API with users and notes and user login", "users:login notes@user_id"],
  ["users can login; notes belong to a user", "users:login notes@user_id"],
  ["users sign up and log in; notes belong to a user", "users:login notes@user_id"],
  [
    "a todo API with users and tasks and search; users can log in",
    "users:login tasks@user_id tasks?q=title,description",
  ],
];

const REFUSED: [request: string, problem: string][] = [
  ["tasks with search by titel", '“titel” tasks have no column titel. Did you mean "title"?'],
  ["tasks(done:boolean) with search", "“search” tasks have no text that could be searched."],
  ["tasks are searchable by done", "“done” done has no words to search for: it is of the type boolean."],
  ["tasks(count:integer:searchable)", "“count:integer:searchable” A column of the type integer has no words"],
  ["tasks; search for userz", "“userz” There is no table userz."],
  ["tasks with fuzzy search", "“fuzzy search”"],
  ["tasks are searchable by", "“by” The name of a column must follow."],
  [
    "tasks(title, deleted_at:timestamp?) with soft delete",
    "“soft delete” tasks have a column deleted_at, which this keeps",
  ],
  ["tasks are softly-deleted", "“tasks are softly-deleted” No rule of the offline model covers this."],
  ["tasks are soft-deleted; deleted tasks are restored", "are restored” Bringing deleted rows back is behaviour"],
  ["tasks; delete all tasks", "“delete all tasks” This is an instruction to change something"],
  ["tasks; delete all taks at once", '“taks” There is no table taks. Did you mean "tasks"?'],
  ["tasks with CORS for *", "“CORS for *” CORS is allowed to origins that are named, never to all."],
  ["tasks and CORS", "“CORS” CORS is allowed to origins that are named"],
  ["tasks; CORS for https://app.example.com/start", "The origin must be a plain host in small letters"],
  ["tasks; CORS for https://App.example.com", "Write https://app.example.com"],
  ["tasks; CORS for https://a.example and https://a.example", "“https://a.example” The origin is there twice."],
  ["links(title, url) with an absolute url", "“an absolute url” links have a column url already."],
  ["users(name, password) with login", "“password” As a column a password would be readable."],
  ["users and tasks with social login", "“social login”"],
  ["users, tasks; a password reset", "“a password reset”"],
  [
    "users and customers; users can log in; customers can log in",
    "“can log in” users and customers cannot both log in.",
  ],
  [
    "users can log in; users have a name and belong to a team; teams have a name",
    "“belong to a team” Nobody could sign up before",
  ],
  ["users can log in; users have an email string", "Accounts log in with this: it must be an e-mail address"],
  [
    "users can log in; tasks optionally belong to a user",
    "“optionally belong to a user” Rows of tasks that belong to no account",
  ],
  ["users can log in; each user has one profile", "At most one of the profiles for each account"],
  ["users can log in; tasks belong to a user and a user as reviewer", "It is not clear to whom tasks belong"],
  ["a notes API with authentication for notes", "“notes” It is not clear whether notes are who logs in."],
  ["users(name, handle:string{20}:unique) with login", "“handle:string{20}:unique” Of users who log in only the email"],
  ["users(name, manager:references:users?) with login", "“manager:references:users?” users see nobody else"],
  ["users(name:string:searchable) with login", "users are accounts, which are not listed"],
  ["users with login and search by name", "“search by name” users are accounts: each sees and deletes only itself"],
  [
    "users can log in; users are soft-deleted",
    "“are soft-deleted” users are accounts: each sees and deletes only itself",
  ],
  ["a todo API with users and a search engine", "a search engine” The offline model writes a search for words"],
];

describe("by request", () => {
  test.each(UNDERSTOOD)("%s", (request, options) => {
    expect(optionsOf(request)).toBe(options);
    for (const place of wordsOf(request)) expect(unnoticed(request, place, "qwortz")).toBe(null);
  });

  test.each(REFUSED)("refused: %s", (request, problem) => {
    expect(problemOf(request)).toContain(problem);
  });

  test("what a soft-deleted table needs is stated", () => {
    expect(
      planFor("users(name:string), tasks(title:string, owner:references:users) with soft delete").assumptions,
    ).toEqual(["users: soft-deleted as well, because deleted tasks keep referring to them"]);
  });

  test("columns that were not named are stated", () => {
    expect(planFor("tasks(title:string, notes:text) with search").assumptions).toEqual([
      "tasks: a search looks into title, notes",
    ]);
  });
});
