// What is only there by request, in a plan.
import { describe, expect, test } from "vitest";
import { parsePlanFile, formatPlanFile } from "../../src/plan/plan-file.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planProblems } from "../../src/plan/validate-plan.ts";
import { todoPlan } from "../templates/sample-plans.ts";
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
