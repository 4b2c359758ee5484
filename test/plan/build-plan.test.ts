import { describe, expect, test } from "vitest";
import { completePlan, inDependencyOrder, newColumn } from "../../src/plan/build-plan.ts";
import { withArticle } from "../../src/plan/endpoints.ts";
import type { Column, Table } from "../../src/plan/plan.ts";
import { planProblems } from "../../src/plan/validate-plan.ts";

function reference(name: string, table: string): Column {
  return newColumn(name, "reference", { references: { table, onDelete: "restrict" } });
}

function planWith(tables: Table[]) {
  return completePlan({
    request: "for a test",
    tables,
    constants: [{ path: "/api/ping", body: { pong: true } }],
    assumptions: [],
  });
}

const users: Table = { name: "users", singular: "user", columns: [newColumn("email", "email", { unique: true })] };
const tasks: Table = {
  name: "tasks",
  singular: "task",
  columns: [newColumn("title", "string"), reference("user_id", "users")],
};

describe("a complete plan", () => {
  test("has built-in columns around the given ones, and lengths written out", () => {
    const [first, second] = planWith([tasks, users]).tables;
    expect(first!.name).toBe("users");
    expect(second!.columns.map(({ name, type, default: value }) => [name, type, value])).toEqual([
      ["id", "id", null],
      ["title", "string", null],
      ["user_id", "reference", null],
      ["created_at", "timestamp", "now"],
      ["updated_at", "timestamp", "now"],
    ]);
    expect(second!.columns[1]!.maxLength).toBe(200);
    expect(first!.columns[1]!.maxLength).toBe(320);
  });

  test("lists health, constants, five endpoints a table and a nested list a reference, in this order", () => {
    const { endpoints } = planWith([users, tasks]);
    expect(endpoints.map(({ method, path, file }) => `${method} ${path} ${file}`)).toEqual([
      "GET /api/health server/api/health.get.ts",
      "GET /api/ping server/api/ping.get.ts",
      "GET /api/users server/api/users/index.get.ts",
      "POST /api/users server/api/users/index.post.ts",
      "GET /api/users/{id} server/api/users/[id].get.ts",
      "PATCH /api/users/{id} server/api/users/[id].patch.ts",
      "DELETE /api/users/{id} server/api/users/[id].delete.ts",
      "GET /api/tasks server/api/tasks/index.get.ts",
      "POST /api/tasks server/api/tasks/index.post.ts",
      "GET /api/tasks/{id} server/api/tasks/[id].get.ts",
      "PATCH /api/tasks/{id} server/api/tasks/[id].patch.ts",
      "DELETE /api/tasks/{id} server/api/tasks/[id].delete.ts",
      "GET /api/users/{id}/tasks server/api/users/[id]/tasks.get.ts",
    ]);
    expect(endpoints.map(({ summary }) => summary)).toContain("List the tasks of a user");
  });

  test("uses kebab-case in paths and keeps nested lists of one parent apart", () => {
    const reviews: Table = {
      name: "code_reviews",
      singular: "code_review",
      columns: [reference("author_id", "users"), reference("second_reviewer_id", "users")],
    };
    const plan = planWith([users, reviews]);
    const nested = plan.endpoints.filter(({ operation }) => operation.kind === "nested-list").map(({ path }) => path);
    expect(nested).toEqual(["/api/users/{id}/code-reviews", "/api/users/{id}/code-reviews-as-second-reviewer"]);
    expect(plan.endpoints.map(({ file }) => file)).toContain("server/api/code-reviews/[id].get.ts");
    expect(planProblems(plan)).toEqual([]);
  });

  test("is valid even when a table is named like another one's nested list", () => {
    const clash: Table = { name: "tasks_as_owner", singular: "tasks_as_own", columns: [reference("user_id", "users")] };
    const owned: Table = { ...tasks, columns: [...tasks.columns, reference("owner_id", "users")] };
    const plan = planWith([users, clash, owned]);
    expect(plan.endpoints.map(({ path }) => path)).toContain("/api/users/{id}/tasks-as-owner-2");
    expect(planProblems(plan)).toEqual([]);
  });

  test("is named after its first tables, or after its constants", () => {
    expect(planWith([tasks, users]).name).toBe("tasks-users-api");
    expect(planWith([]).name).toBe("ping-api");
    expect(planWith([]).database.needed).toBe(false);
  });
});

function tableBelow(name: string, ...parents: string[]): Table {
  return { name, singular: name, columns: parents.map((parent) => reference(`${parent}_id`, parent)) };
}

function orderOf(tables: Table[]): string[] {
  return inDependencyOrder(tables).map(({ name }) => name);
}

test("parents come before children, whatever the order, and a cycle loses no table", () => {
  expect(orderOf([tableBelow("c", "b"), tableBelow("a"), tableBelow("b", "a")])).toEqual(["a", "b", "c"]);
  expect(orderOf([tableBelow("self", "self"), tableBelow("a")])).toEqual(["self", "a"]);
  expect(orderOf([tableBelow("a", "b"), tableBelow("b", "a"), tableBelow("c")])).toEqual(["c", "a", "b"]);
});

test("nouns get the article they are spoken with", () => {
  const nouns = [
    "task",
    "order",
    "user",
    "hour",
    "unit",
    "use case",
    "invoice",
    "European",
    "one",
    "umbrella",
    "uninvited guest",
  ];
  expect(nouns.map(withArticle)).toEqual([
    "a task",
    "an order",
    "a user",
    "an hour",
    "a unit",
    "a use case",
    "an invoice",
    "a European",
    "a one",
    "an umbrella",
    "an uninvited guest",
  ]);
});
