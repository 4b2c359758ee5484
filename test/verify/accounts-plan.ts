// A plan with accounts: rows that belong to one, rows that are everybody's, and references within and across.
import { completePlan, newColumn } from "../../src/plan/build-plan.ts";

function owner() {
  return newColumn("user_id", "reference", { references: { table: "users", onDelete: "cascade" } });
}

export const accountsPlan = completePlan({
  request: "users can log in; projects and tasks belong to a user, categories to nobody",
  name: "accounts-api",
  assumptions: [],
  constants: [{ path: "/api/ping", body: "pong" }],
  deleteAll: ["tasks"],
  tables: [
    {
      name: "users",
      singular: "user",
      columns: [
        newColumn("email", "email", { unique: true }),
        newColumn("name", "string"),
        newColumn("category_id", "reference", {
          nullable: true,
          references: { table: "categories", onDelete: "set null" },
        }),
      ],
      account: true,
    },
    { name: "categories", singular: "category", columns: [newColumn("name", "string", { unique: true })] },
    {
      name: "projects",
      singular: "project",
      columns: [newColumn("slug", "string", { unique: true }), newColumn("name", "string"), owner()],
      owner: "user_id",
      softDelete: true,
    },
    {
      name: "tasks",
      singular: "task",
      columns: [
        newColumn("title", "string"),
        newColumn("done", "boolean", { default: false }),
        newColumn("project_id", "reference", { references: { table: "projects", onDelete: "restrict" } }),
        newColumn("parent_id", "reference", { nullable: true, references: { table: "tasks", onDelete: "set null" } }),
        newColumn("category_id", "reference", {
          nullable: true,
          references: { table: "categories", onDelete: "set null" },
        }),
        owner(),
      ],
      owner: "user_id",
      search: ["title"],
      softDelete: true,
    },
  ],
});
