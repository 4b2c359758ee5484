import { describe, expect, test } from "vitest";
import { understand } from "../../../src/adapters/model/offline/understand/understand.ts";
import { detectDatabase } from "../../../src/adapters/model/offline/understand/detect-database.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { validatePlan } from "../../../src/plan/validate-plan.ts";
import { tableSignatures } from "./plan-signature.ts";
import { UNDERSTOOD } from "./understood-requests.ts";

function planFor(request: string): Plan {
  const answer = understand(request);
  if (!answer.understood) throw new Error(JSON.stringify(answer.problems, null, 2));
  return answer.plan;
}

describe("the offline model understands", () => {
  test.each(UNDERSTOOD)("$request", ({ request, name, tables, constants = [] }) => {
    const plan = planFor(request);
    expect(tableSignatures(plan)).toEqual(tables);
    expect(plan.name).toBe(name);
    const found = plan.endpoints.flatMap(({ path, operation }) =>
      operation.kind === "constant" ? [`${path} ${JSON.stringify(operation.body)}`] : [],
    );
    expect(found).toEqual(constants);
    expect(plan.request).toBe(request);
    expect(validatePlan(structuredClone(plan))).toEqual(plan);
    expect(understand(request)).toEqual({ understood: true, plan });
  });
});

describe("what was decided without being asked is stated", () => {
  test("columns of a noun that was only named, and the relation between two of them", () => {
    expect(planFor("a todo API with users and tasks").assumptions).toEqual([
      "users: no columns were given, so it has name (a string of at most 200 characters), email (a unique e-mail address)",
      "tasks: no columns were given, so it has title (a string of at most 200 characters), description (an optional text), done (a boolean, false by default), due_at (an optional time in unix seconds)",
      "tasks.user_id: each task belongs to a user",
    ]);
  });

  test.each([
    ["articles(title) keywords(word) articles and keywords are many-to-many", ["article_id", "keyword_id"]],
    ["posts have many tags; tags have many posts", ["post_id", "tag_id"]],
    [
      "students have many courses through enrollments; students have a name; courses have a name",
      ["student_id", "course_id"],
    ],
    ["orders have many products and products have many orders", null],
    ["users have many teams through seats with a role; teams have a name; users have a name", null],
  ])("that a link is there once, unless it has columns of its own: %s", (request, together) => {
    const plan = planFor(request);
    const found = plan.tables.find(({ uniqueTogether }) => uniqueTogether);
    expect(found?.uniqueTogether ?? null).toEqual(together);
    const told = plan.assumptions.filter((text) => text.endsWith("are there at most once"));
    expect(told).toEqual(together ? [`${found!.name}: the same ${together.join(" and ")} are there at most once`] : []);
  });

  test("the type of a column, the default of a boolean, a plural, two words that are one name", () => {
    expect(planFor("user(name, done boolean, first name)").assumptions).toEqual([
      "users: tables are named in the plural, so user became users",
      "users.name: no type given, taken as a string of at most 200 characters",
      "users.done: defaults to false",
      'users.first_name: "first name" is one column',
      "users.first_name: no type given, taken as a string of at most 200 characters",
    ]);
  });

  test("a built-in column that was asked for again, a table that a sentence brings along, a text that becomes JSON", () => {
    expect(planFor("users(id, name:string)").assumptions).toEqual([
      "users.id: every table has this column already, kept by the service",
    ]);
    expect(planFor("each product belongs to a supplier").assumptions).toContain(
      "suppliers: added, because products belong to it",
    );
    const unrelated = "nothing says that they belong to users, so they do not";
    expect(planFor("users and tasks. Tasks have a title").assumptions).toContain(`tasks: ${unrelated}`);
    expect(planFor("users and tasks. Users have a name").assumptions).toContain(`tasks: ${unrelated}`);
    expect(planFor("users write posts and comments").assumptions).toContain(
      "comments: belong to what is said here, and not to posts as usual",
    );
    expect(planFor("posts are draft or published").assumptions).toContain(
      "posts: has what is said of it, and not its usual title, body, published at",
    );
    expect(planFor("GET /api/ping returns pong").assumptions).toEqual([
      'GET /api/ping: returns {"message":"pong"}, because every answer is JSON',
    ]);
  });

  test("nothing is assumed about an exactly written request", () => {
    expect(
      planFor("users(name:string, email:email:unique) tasks(done:boolean, owner:references:users)").assumptions,
    ).toEqual([]);
  });
});

test("what only announces bullets with columns of their own is no table and no list", () => {
  const plan = planFor("A bookstore API with:\n- books: title, price\n- authors: name");
  expect(tableSignatures(plan)).toEqual(["books(title:string, price:decimal>=0)", "authors(name:string)"]);
});

describe("the need for a database", () => {
  test("follows from the tables of the plan", () => {
    expect(detectDatabase("a todo API with users and tasks")).toEqual({
      needed: true,
      reasoning: "The request names records that are kept and related: users, tasks.",
    });
    expect(detectDatabase("an API with GET /api/ping that returns pong").needed).toBe(false);
  });

  test("is assumed when a part of the request is not understood", () => {
    const { needed, reasoning } = detectDatabase("frobnicate the zorgles");
    expect(needed).toBe(true);
    expect(reasoning).toContain("frobnicate the zorgles");
  });
});
