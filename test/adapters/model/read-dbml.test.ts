import { describe, expect, test } from "vitest";
import { readDbmlSpecification } from "../../../src/adapters/model/offline/specification/read-dbml.ts";
import { planOf } from "../../../src/adapters/model/offline/specification/specification.ts";
import { validatePlan } from "../../../src/plan/validate-plan.ts";
import { tableSignatures } from "./plan-signature.ts";

async function read(text: string) {
  const { plan, leftOut } = planOf("From schema.dbml", await readDbmlSpecification(text));
  return { tables: plan ? tableSignatures(validatePlan(plan)) : null, leftOut, assumptions: plan?.assumptions ?? [] };
}

describe("a schema in DBML", () => {
  test("becomes tables with the same types, defaults, references, enums and unique columns", async () => {
    const { tables, leftOut, assumptions } = await read(`
      Project shop { database_type: 'PostgreSQL' }
      Enum order_state { pending
        paid }
      Table users {
        id int [pk, increment]
        email varchar(320) [unique, not null, note: 'the login']
        active boolean [not null, default: true]
        created_at timestamp [default: \`now()\`]
      }
      Table profiles { user_id int [not null]
        bio text }
      Table orders {
        id int [pk]
        state order_state [default: 'pending', not null]
        total decimal(12,2) [not null, default: 0]
        buyer int [not null, ref: > users.id]
        number int [not null]
        placed_at datetime
        indexes { number [unique]
          state }
      }
      Table tags { id int [pk]
        name varchar(50) [not null] }
      Ref: profiles.user_id - users.id [delete: cascade]
      Ref: orders.id <> tags.id
    `);
    expect(leftOut).toEqual([]);
    expect(tables).toEqual([
      "users(email:string{320}:unique, active:boolean=true)",
      "profiles(user_id->users:unique, bio:text?)",
      "orders(state:enum{pending,paid}=pending, total:decimal=0, buyer_id->users, number:integer:unique, placed_at:timestamp?)",
      "tags(name:string{50})",
      "order_tags(order_id->orders, tag_id->tags)",
    ]);
    expect(assumptions).toContain(
      "order_tags: added between orders and tags, which relate many to many; each pair is there at most once",
    );
    expect(assumptions).toContain("orders.buyer: a reference ends in _id, so it is buyer_id");
    expect(assumptions).toContain("notes are not taken over");
  });

  test("lists everything that a plan cannot say", async () => {
    const { tables, leftOut } = await read(`
      Table a {
        id int [pk]
        n int [increment]
        place geometry
        odd "weird;type"
        k varchar(10) [default: \`md5('x') || "y"\`]
        v varchar(10)
        indexes { (n, v) [unique]
          \`lower(v)\` }
      }
    `);
    expect(tables).toEqual(["a(n:integer?, k:string{10}?, v:string{10}?)"]);
    expect(leftOut).toEqual([
      "a.place: the type geometry has no counterpart in a plan",
      "a.n: counting up by itself is not in a plan",
      "a.odd: the type weird;type has no counterpart in a plan",
      "a.k: its default is an expression, which a plan cannot say",
      "a: an index on an expression is not in a plan",
      "a.n, v: the constraint unique on several columns is not in a plan",
    ]);
  });

  test("that is none is refused", async () => {
    await expect(readDbmlSpecification("Table users { id int [pk")).rejects.toThrow(/line 1: .*bracket/);
  });
});
