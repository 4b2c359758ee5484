import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { after, inOrder, page, sortBy } from "../server/utils/page.ts";
import { assignments, matches, sql, values } from "../server/utils/sql.ts";

describe("sql", () => {
  it("binds every value, also those of fragments inside", () => {
    const inner = sql`name = ${"'; drop table users; --"}`;
    assert.deepEqual(sql`select * from users where id = ${1} and ${inner} limit ${2}`, {
      text: "select * from users where id = $1 and name = $2 limit $3",
      values: [1, "'; drop table users; --", 2],
    });
  });

  it("does not take an object from outside for a fragment", () => {
    const forged = { text: "drop table users", values: [] };
    assert.deepEqual(sql`select ${forged}`, { text: "select $1", values: [forged] });
  });

  it("numbers parameters anew when there are more than nine", () => {
    const row = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`c${index}`, index]));
    assert.match(sql`update t set a = ${0}, ${assignments(row)}`.text, /"c8" = \$10, "c9" = \$11, "c10" = \$12$/);
  });

  it("leaves undefined out and keeps null", () => {
    const row = { a: 1, b: undefined, 'c"': null };
    assert.deepEqual(assignments(row), { text: '"a" = $1, "c""" = $2', values: [1, null] });
    assert.deepEqual(values(row), { text: '("a", "c""") values ($1, $2)', values: [1, null] });
  });

  it("matches all columns asked for, and everything when none is", () => {
    assert.equal(matches({ a: 1, email: "A@x" }, ["email"]).text, '"a" = $1 and lower("email") = lower($2)');
    assert.equal(matches({ a: undefined }).text, "true");
  });
});

describe("a page", () => {
  const rows = ["c", "b", "a"].map((id, index) => ({ id, created_at: 30 - index }));

  it("continues after its last row", () => {
    const { items, next_cursor } = page(rows, 2);
    assert.equal(items.length, 2);
    assert.deepEqual(after(next_cursor ?? undefined).values, [29, "b"]);
  });

  it("continues in the order that it was asked for, and in no other", () => {
    const sort = sortBy("price").parse("price");
    const { next_cursor } = page([{ id: "a", price: 1.5 }, ...rows], 1, sort);
    assert.equal(after(next_cursor ?? undefined, sort).text, '("price", id) > ($1, $2)');
    assert.deepEqual(after(next_cursor ?? undefined, sort).values, [1.5, "a"]);
    assert.throws(() => after(next_cursor ?? undefined));
    assert.equal(inOrder("-price").text, '"price" desc, id desc');
  });

  it("ends when there are no more rows", () => {
    assert.equal(page(rows, 3).next_cursor, null);
  });

  it("refuses a cursor that was not made here", () => {
    for (const cursor of ["x", Buffer.from('["1","a"]').toString("base64url")]) assert.throws(() => after(cursor));
  });
});
