// Plans that together use everything a plan can hold.
import { completePlan, newColumn, type PlanParts } from "../../src/plan/build-plan.ts";
import type { Column, ColumnType, Plan, Table } from "../../src/plan/plan.ts";

type OnDelete = NonNullable<Column["references"]>["onDelete"];

function plan(name: string, parts: Partial<PlanParts>): Plan {
  return completePlan({ request: name, tables: [], constants: [], assumptions: [], name, ...parts });
}

function table(name: string, singular: string, columns: Column[]): Table {
  return { name, singular, columns };
}

function column(name: string, type: ColumnType, rest: Partial<Column> = {}): Column {
  return newColumn(name, type, rest);
}

function reference(target: string, name: string, onDelete: OnDelete = "cascade", nullable = false): Column {
  return newColumn(name, "reference", { nullable, references: { table: target, onDelete } });
}

/** The everyday case. */
export const todoPlan = plan("todo-api", {
  tables: [
    table("users", "user", [column("name", "string"), column("email", "email", { unique: true })]),
    table("tasks", "task", [
      column("title", "string"),
      column("done", "boolean", { default: false }),
      column("due_at", "timestamp", { nullable: true }),
      reference("users", "user_id"),
    ]),
  ],
});

/** Every type of column, every kind of reference, defaults, bounds, and words that SQL or TypeScript reserve. */
export const shopPlan = plan("shop-api", {
  tables: [
    table("categories", "category", [
      column("name", "string", { unique: true, maxLength: 80 }),
      reference("categories", "parent_id", "set null", true),
    ]),
    table("products", "product", [
      column("sku", "string", { unique: true, minLength: 3, maxLength: 12 }),
      column("price", "decimal", { minimum: 0.01, maximum: 99_999.99 }),
      column("weight", "decimal", { nullable: true }),
      column("stock", "integer", { minimum: 0, default: 0 }),
      column("views", "bigint", { default: 0 }),
      column("status", "enum", { values: ["draft", "on sale", 'it\'s "gone"'], default: "draft" }),
      column("is_active", "boolean", { default: true }),
      column("released_on", "date", { nullable: true }),
      column("published_at", "timestamp", { default: "now" }),
      column("attributes", "json"),
      column("extra", "json", { nullable: true }),
      column("tags", "string[]"),
      column("homepage", "url", { nullable: true }),
      column("description", "text", { nullable: true }),
      column("note", "text", { default: `A "quoted" note, and it's ${"rather ".repeat(20)}long` }),
      reference("categories", "category_id", "restrict"),
    ]),
    table("order", "order", [
      column("group", "string", { maxLength: 20 }),
      column("default", "boolean", { default: false }),
      column("user", "email"),
      column("number", "integer", { unique: true }),
      column("select", "enum", { values: ["all"], nullable: true }),
    ]),
    table("classes", "class", [column("where", "date", { unique: true }), reference("order", "order_id", "restrict")]),
    table("order_items", "order_item", [
      column("quantity", "integer", { minimum: 1, maximum: 1 }),
      reference("order", "order_id"),
      reference("products", "product_id", "restrict"),
      reference("products", "gift_id", "set null", true),
    ]),
    table("errors", "error", []),
    table("loops", "loop", [reference("loops", "next_id", "restrict", true)]),
  ],
  constants: [{ path: "/api/motd", body: "Hello" }],
});

const LONG = "a_rather_long_name_that_goes_on_and_on";

/** Names as long as Postgres allows, near every place where a line could be too long. */
export const longPlan = plan("long-names-api", {
  tables: [
    table(`${LONG}_parents`, `${LONG}_parent`, [
      column(`${LONG}_email_address`, "email", { unique: true }),
      column(`${LONG}_state`, "enum", { values: Array.from({ length: 12 }, (_, index) => `state number ${index}`) }),
    ]),
    table(`${LONG}_children`, `${LONG}_child`, [
      reference(`${LONG}_parents`, `${LONG}_parent_id`),
      reference(`${LONG}_parents`, `${LONG}_other_parent_id`, "set null", true),
      column(`${LONG}_flag`, "boolean", { default: false }),
    ]),
    ...[4, 12, 20, 28, 36, 44].map((length) => {
      const name = "t".repeat(length);
      return table(`${name}s`, name, [
        column(`${name}_count`, "integer"),
        column("serial", "bigint", { unique: true }),
        reference(`${LONG}_parents`, `${name}_id`, "cascade", true),
      ]);
    }),
  ],
});

/** No database at all. */
export const constantPlan = plan("ping-api", {
  constants: [
    { path: "/api/ping", body: { message: "pong" } },
    { path: "/api/version", body: "1.2.3" },
    { path: "/api/limits/default", body: [1, 2.5, -3, 1e21] },
    {
      path: "/api/menu",
      body: {
        "content-type": 'a "quoted" text',
        empty: {},
        none: [],
        nothing: null,
        yes: true,
        long: "word ".repeat(30).trim(),
        list: Array.from({ length: 50 }, (_, index) => index * 1000),
        words: Array.from({ length: 20 }, (_, index) => `word ${index}`),
        table: [
          [1, 2],
          [3, 4],
        ],
        dishes: [
          { name: "Soup", price: 4.5 },
          { name: "寿司", price: 12 },
        ],
        single: [{ deep: [{ deeper: ["x"] }] }],
        mixed: [1, "two", null],
      },
    },
  ],
});
