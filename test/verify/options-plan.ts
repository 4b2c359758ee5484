// A plan with everything that is only there by request; what verification is tried on besides plan.ts.
import { completePlan, newColumn } from "../../src/plan/build-plan.ts";

export const optionsPlan = completePlan({
  request: "a library with members and books, which can be searched, are soft-deleted and can be deleted all at once",
  name: "library-api",
  assumptions: [],
  constants: [],
  cors: ["https://app.example.com", "http://localhost:5173"],
  deleteAll: ["members", "books", "notes"],
  tables: [
    {
      name: "members",
      singular: "member",
      columns: [newColumn("email", "email", { unique: true }), newColumn("name", "string")],
      search: ["email", "name"],
      softDelete: true,
      url: true,
    },
    {
      name: "books",
      singular: "book",
      columns: [
        newColumn("title", "string"),
        newColumn("shelf_mark", "string", { maxLength: 40 }),
        newColumn("summary", "text", { nullable: true }),
        newColumn("state", "enum", { values: ["in", "out"], default: "in" }),
        newColumn("isbn", "string", { maxLength: 17, nullable: true, unique: true }),
        newColumn("member_id", "reference", { references: { table: "members", onDelete: "restrict" } }),
        newColumn("reader_id", "reference", { nullable: true, references: { table: "members", onDelete: "set null" } }),
        newColumn("donor_id", "reference", { nullable: true, references: { table: "members", onDelete: "set null" } }),
        newColumn("part_of_id", "reference", { nullable: true, references: { table: "books", onDelete: "set null" } }),
      ],
      search: ["title", "summary", "isbn"],
      softDelete: true,
      url: true,
    },
    {
      name: "notes",
      singular: "note",
      columns: [
        newColumn("text", "string"),
        newColumn("book_id", "reference", { references: { table: "books", onDelete: "restrict" } }),
      ],
    },
    {
      name: "favorites",
      singular: "favorite",
      columns: [
        newColumn("member_id", "reference", { references: { table: "members", onDelete: "restrict" } }),
        newColumn("book_id", "reference", { references: { table: "books", onDelete: "restrict" } }),
      ],
      uniqueTogether: ["member_id", "book_id"],
    },
  ],
});
