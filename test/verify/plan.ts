// The plan of the project that verification is tried on: nearly every type of column, and every kind of reference.
import { completePlan, newColumn } from "../../src/plan/build-plan.ts";

export const plan = completePlan({
  request: "a todo API with users and tasks",
  assumptions: [],
  constants: [{ path: "/api/ping", body: { pong: true } }],
  tables: [
    {
      name: "users",
      singular: "user",
      columns: [newColumn("email", "email", { unique: true }), newColumn("name", "string")],
    },
    {
      name: "tasks",
      singular: "task",
      columns: [
        newColumn("title", "string", { maxLength: 80 }),
        newColumn("done", "boolean", { default: false }),
        newColumn("notes", "text", { nullable: true }),
        newColumn("priority", "integer", { minimum: 1, maximum: 5, default: 3 }),
        newColumn("state", "enum", { values: ["open", "it's done"], default: "open" }),
        newColumn("price", "decimal", { nullable: true, minimum: 0 }),
        newColumn("due_at", "timestamp", { nullable: true }),
        newColumn("starts_on", "date", { nullable: true }),
        newColumn("labels", "string[]", { nullable: true }),
        newColumn("details", "json", { nullable: true }),
        newColumn("user_id", "reference", { references: { table: "users", onDelete: "cascade" } }),
        newColumn("parent_id", "reference", { nullable: true, references: { table: "tasks", onDelete: "restrict" } }),
        newColumn("reviewer_id", "reference", { nullable: true, references: { table: "users", onDelete: "set null" } }),
      ],
    },
  ],
});
