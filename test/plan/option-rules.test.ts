// What is only there by request, in a plan.
import { describe, expect, test } from "vitest";
import { parsePlanFile, formatPlanFile } from "../../src/plan/plan-file.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planProblems } from "../../src/plan/validate-plan.ts";
import { todoPlan } from "../templates/sample-plans.ts";
import { accountsPlan } from "../verify/accounts-plan.ts";
import { optionsPlan } from "../verify/options-plan.ts";

/** The problems after one change of a valid plan. */
function problemsWith(change: (plan: Plan) => void, plan = structuredClone(optionsPlan)): string[] {
  change(plan);
  return planProblems(plan);
}

test("a plan with every option, and one without any, come back from a file as they are", () => {
  for (const plan of [optionsPlan, todoPlan]) expect(parsePlanFile(formatPlanFile(plan))).toEqual(plan);
  expect(JSON.stringify(todoPlan)).not.toMatch(/"search"/);
});

test("an option that this tb does not know is refused, not passed over", () => {
  const plan = { ...structuredClone(todoPlan), teleport: true };
  expect(planProblems(plan).join()).toContain("teleport");
});

describe("a search", () => {
  test.each([
    [["no_such"], 'tables[1].search[0]: there is no column "no_such"'],
    [["title", "title"], 'tables[1].search[1]: "title" is there twice'],
    [["title", "state"], "tables[1].search[1]: the type enum has no words to search for"],
    [[], "tables[1].search:"],
  ])("in %j is refused", (search, problem) => {
    const [first] = problemsWith((plan) => (plan.tables[1]!.search = search));
    expect(first).toContain(problem);
  });
});

describe("what is unique together", () => {
  test.each([
    [["member_id", "no_such"], 'tables[3].uniqueTogether[1]: there is no column "no_such"'],
    [["member_id", "member_id"], 'tables[3].uniqueTogether[1]: "member_id" is there twice'],
    [["member_id", "created_at"], 'tables[3].uniqueTogether[1]: "created_at" must be a required reference'],
    [["member_id"], "tables[3].uniqueTogether:"],
  ])("as %j is refused", (names, problem) => {
    const [first] = problemsWith((plan) => (plan.tables[3]!.uniqueTogether = names));
    expect(first).toContain(problem);
  });

  test("holds a reference that may be missing", () => {
    const problems = problemsWith((plan) => (plan.tables[3]!.columns[1]!.nullable = true));
    expect(problems).toContainEqual(
      expect.stringContaining('tables[3].uniqueTogether[0]: "member_id" must be a required reference'),
    );
  });
});

describe("soft deletion", () => {
  test.each<[string, (plan: Plan) => void, string]>([
    [
      "without what is referred to",
      (plan) => delete plan.tables[0]!.softDelete,
      'tables[1].softDelete: "members" needs it too, because deleted books keep referring to them',
    ],
    [
      "of what others go along with",
      (plan) => (plan.tables[2]!.columns[2]!.references!.onDelete = "cascade"),
      'tables[1].softDelete: "notes" would not be deleted with their row (on delete cascade)',
    ],
    [
      "with a column of its own name",
      (plan) => (plan.tables[1]!.columns[2]!.name = "deleted_at"),
      'tables[1].columns[2].name: "deleted_at" is kept by the service, because of softDelete',
    ],
    [
      "of what a table with its name refers to",
      (plan) => (plan.tables[2]!.columns[1]!.name = "not_deleted"),
      'tables[2].columns[1].name: "not_deleted" is kept by the service, because of softDelete',
    ],
  ])("%s is refused", (_, change, problem) => {
    expect(problemsWith(change)).toContain(problem);
  });
});

describe("an origin", () => {
  test.each([
    "*",
    "null",
    "https://app.example.com/",
    "https://App.example.com",
    "https://app.example.com:443",
    "http://app.example.com:99999",
    "https://*.example.com",
    "https://user@example.com",
    "ftp://example.com",
    "https://exa mple.com",
    'https://example.com"',
    "javascript:alert(1)",
    "",
  ])("%j is refused", (origin) => {
    expect(problemsWith((plan) => (plan.cors = [origin])).join()).toMatch(/^cors\[0\]: /);
  });

  test("is there once", () => {
    const twice = ["https://a.example", "https://a.example"];
    expect(problemsWith((plan) => (plan.cors = twice))).toEqual(["cors[1]: https://a.example is there twice"]);
  });
});

describe("an absolute url", () => {
  test("beside a column of its name is refused", () => {
    expect(problemsWith((plan) => (plan.tables[1]!.columns[2]!.name = "url"))).toContain(
      'tables[1].columns[2].name: "url" is made by the service, because of url',
    );
  });

  test("without an endpoint behind it is refused", () => {
    const problems = problemsWith((plan) => {
      plan.endpoints = plan.endpoints.filter(({ operation }) => operation.kind !== "get");
    });
    expect(problems).toContain("endpoints: members have a url, and nothing answers it");
  });
});

function tableOf(plan: Plan, name: string) {
  return plan.tables.find((one) => one.name === name)!;
}

function columnOf(plan: Plan, table: string, name: string) {
  return tableOf(plan, table).columns.find((one) => one.name === name)!;
}

describe("accounts", () => {
  test("are valid, with what belongs to them", () => {
    expect(planProblems(accountsPlan)).toEqual([]);
    expect(parsePlanFile(formatPlanFile(accountsPlan))).toEqual(accountsPlan);
    const paths = accountsPlan.endpoints.filter(({ operation }) => "table" in operation && operation.table === "users");
    expect(paths.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/users",
      "GET /api/users/{id}",
      "PATCH /api/users/{id}",
      "DELETE /api/users/{id}",
      "POST /api/login",
      "POST /api/logout",
    ]);
    expect(accountsPlan.endpoints.map(({ path }) => path)).not.toContain("/api/users/{id}/tasks");
  });

  test.each<[string, (plan: Plan) => void, string]>([
    [
      "of two tables",
      (plan) => (tableOf(plan, "categories").account = true),
      "account: only one table can have accounts",
    ],
    [
      "without a unique address",
      (plan) => (columnOf(plan, "users", "email").unique = false),
      '.account: needs the column "email", a required and unique email',
    ],
    [
      "with an address that is short",
      (plan) => (columnOf(plan, "users", "email").maxLength = 20),
      '.account: needs the column "email"',
    ],
    ["that are searched", (plan) => (tableOf(plan, "users").search = ["name"]), ".search: accounts are not listed"],
    [
      "that refer to each other",
      (plan) => (columnOf(plan, "users", "category_id").references!.table = "users"),
      "references: an account sees nobody else",
    ],
    [
      "with a unique text that is longer than an id",
      (plan) => Object.assign(columnOf(plan, "users", "name"), { unique: true, minLength: 25 }),
      "unique: of accounts only the email and texts of 21 characters can be unique",
    ],
    [
      "that are only marked as deleted",
      (plan) => (tableOf(plan, "users").softDelete = true),
      ".softDelete: accounts are deleted with all that belongs to them",
    ],
    [
      "that need a row which only they could make",
      (plan) =>
        Object.assign(columnOf(plan, "users", "category_id"), {
          nullable: false,
          references: { table: "categories", onDelete: "restrict" },
        }),
      "nullable: nobody could sign up before there is such a row",
    ],
    [
      "with a password for everybody to see",
      (plan) => (columnOf(plan, "users", "name").name = "password"),
      '"password" is kept by the service, as a hash',
    ],
    [
      "whose rows stay when they go",
      (plan) => (columnOf(plan, "projects", "user_id").references!.onDelete = "restrict"),
      "tables[2].owner: must be a required reference to users with on delete cascade",
    ],
    [
      "with rows that may be nobody's",
      (plan) => (columnOf(plan, "projects", "user_id").nullable = true),
      "tables[2].owner: must be a required reference to users",
    ],
    [
      "with rows of another one in reach",
      (plan) => delete tableOf(plan, "tasks").owner,
      "tables[3].owner: is missing; tasks refer to projects, which belong to one account each",
    ],
    [
      "beside a table of their name",
      (plan) => (tableOf(plan, "categories").name = "account_sessions"),
      '.name: "account_sessions" is kept by the service, for accounts',
    ],
    [
      "that nobody can log in to",
      (plan) => (plan.endpoints = plan.endpoints.filter(({ operation }) => operation.kind !== "log-in")),
      "endpoints: users are accounts, and POST /api/login is missing",
    ],
    [
      "that are listed",
      (plan) =>
        plan.endpoints.push({
          method: "GET",
          path: "/api/users",
          file: "server/api/users/index.get.ts",
          summary: "List users",
          operation: { kind: "list", table: "users" },
        }),
      'operation.kind: "list" is not for users, which are accounts',
    ],
  ])("%s are refused", (_, change, problem) => {
    expect(problemsWith(change, structuredClone(accountsPlan)).join("\n")).toContain(problem);
  });

  test("are what a log-in is for, and an owner", () => {
    const problems = problemsWith((plan) => {
      delete tableOf(plan, "users").account;
    }, structuredClone(accountsPlan));
    expect(problems).toContain("tables[2].owner: no table of the plan has accounts");
    expect(problems.join("\n")).toContain('"log-in" is not for users, which are no accounts');
  });
});
