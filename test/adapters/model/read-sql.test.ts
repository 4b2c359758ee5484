import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSqlSpecification } from "../../../src/adapters/model/offline/specification/read-sql.ts";
import { planOf } from "../../../src/adapters/model/offline/specification/specification.ts";
import { planFromSpecification } from "../../../src/pipeline/from-specification.ts";
import { planGiven } from "../../../src/pipeline/plan-create.ts";
import { renderMigration } from "../../../src/plan/render-migration.ts";
import { validatePlan } from "../../../src/plan/validate-plan.ts";
import { shopPlan } from "../../templates/sample-plans.ts";
import { tableSignatures } from "./plan-signature.ts";

async function read(sql: string) {
  const { plan, leftOut } = planOf("From schema.sql", await readSqlSpecification(sql));
  return { tables: plan ? tableSignatures(validatePlan(plan)) : null, leftOut, assumptions: plan?.assumptions ?? [] };
}

const SCHEMA = `
SET client_encoding = 'UTF8';
create type order_state as enum ('pending', 'paid');
create table users (
  id uuid primary key default gen_random_uuid(),
  email varchar(320) not null unique,
  name text not null,
  age int check (age >= 0 and age < 150),
  rating smallint not null default 3 check (rating between 1 and 5),
  plan text not null default 'free' check (plan in ('free', 'pro')),
  active boolean not null default true,
  created_at timestamptz not null default now()
);
create table orders (
  id bigserial primary key,
  state order_state not null default 'pending',
  total numeric(12,2) not null default 0.5 check (total > 0),
  buyer uuid not null references users (id) on delete cascade,
  referrer_id uuid,
  placed_at timestamp default current_timestamp,
  shipped_on date,
  tags text[] not null,
  details jsonb
);
create unique index on users (name);
alter table only orders add constraint r foreign key (referrer_id) references users (id) on delete set null;
`;

describe("a schema in SQL", () => {
  test("becomes tables with the same types, defaults, checks, references and unique columns", async () => {
    const { tables, leftOut } = await read(SCHEMA);
    expect(leftOut).toEqual([]);
    expect(tables).toEqual([
      "users(email:string{320}:unique, name:string{650}:unique, age:integer?>=0<=149, rating:integer>=1<=5=3, plan:enum{free,pro}=free, active:boolean=true)",
      "orders(state:enum{pending,paid}=pending, total:decimal>=0.01=0.5, buyer_id->users, referrer_id->users?, placed_at:timestamp?=now, shipped_on:date?, tags:string[], details:json?)",
    ]);
  });

  test("tells what changes on the way", async () => {
    const { assumptions } = await read(SCHEMA);
    expect(assumptions).toEqual([
      "SET says nothing about the tables and is not taken over",
      "users.id: every table has this column, a text of 21 characters that the service keeps",
      "users.created_at: every table has this column, a time in unix seconds that the service keeps",
      "orders.id: every table has this column, a text of 21 characters that the service keeps",
      "orders.buyer: a reference ends in _id, so it is buyer_id",
      "orders.placed_at: a time is a number of unix seconds",
      "users.name: is unique, so it has at most 650 characters",
    ]);
  });

  test("lists everything that a plan cannot say", async () => {
    const { tables, leftOut } = await read(`
      create table a (id int primary key, b point, c numeric(20, 6), d int default random() * 10, e text check (e like 'x%'), "F" int);
      create table l (a_id int references a, n int, primary key (a_id, n), foreign key (n) references nowhere (id));
      create view v as select 1;
      insert into a (id) values (1);
      create function f() returns int language sql as 'select 1';`);
    expect(tables).toEqual(["a(d:integer?, e:text?)", "l(a_id->a?)"]);
    expect(leftOut).toEqual([
      "a.b: the type point has no counterpart in a plan",
      "a.c: a decimal of a plan has at most 12 digits, two of them behind the point",
      "a.d: its default is an expression, which a plan cannot say",
      "a.e: this check is not in a plan",
      "create view v as select 1",
      "insert into a (id) values (1)",
      "create function f() returns int language sql as 'select 1'",
      "a.F: the name of the column must start with a letter a-z",
      "l.n_id: there is no table nowhere",
      "l.a_id, n: the constraint primary on several columns is not in a plan",
    ]);
  });

  test.each([
    "primary key (student, course)",
    "unique (course, student), foreign key (note) references notes on delete set null",
  ])("takes over what makes a link unique: %s", async (constraint) => {
    const { plan, leftOut } = planOf(
      "From schema.sql",
      await readSqlSpecification(`
        create table notes (id int primary key, text text not null);
        create table students (id int primary key, name text not null);
        create table courses (id int primary key, name text not null);
        create table enrollments (student int not null references students, course int not null references courses, note int, ${constraint});`),
    );
    expect(leftOut).toEqual([]);
    const links = validatePlan(plan).tables.find(({ name }) => name === "enrollments");
    expect(links?.uniqueTogether?.toSorted()).toEqual(["course_id", "student_id"]);
  });

  test.each([
    ["a second one", "a int not null references x, b int not null references y, unique (a, b), unique (b, a)"],
    ["what may be missing", "a int references x, b int not null references y, unique (a, b)"],
    ["what is no reference", "a int not null, b int not null references y, unique (a, b)"],
  ])("lists what is unique together and no link: %s", async (_, columns) => {
    const { leftOut } = await read(
      `create table x (n int); create table y (n int); create table links (${columns}); create unique index on x (lower(n), n);`,
    );
    expect(leftOut).toContainEqual(
      expect.stringMatching(/^links\.(a, b|b, a): the constraint unique on several columns is not in a plan$/),
    );
    expect(leftOut).toContainEqual(expect.stringContaining("create unique index on x"));
  });

  test("that tb itself has written is the same schema again", async () => {
    const { tables, leftOut } = await read(
      renderMigration(shopPlan)!.sql.replaceAll(/extract\(epoch from now\(\)\)::bigint/g, "0"),
    );
    expect(leftOut).toEqual([]);
    expect(tables).toHaveLength(shopPlan.tables.length);
    const references = shopPlan.tables.flatMap(({ columns }) => columns.filter((column) => column.references));
    expect(tables!.join().match(/->/g)).toHaveLength(references.length);
  });
});

describe("tb create --from", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tb-from-"));
    await writeFile(join(folder, "whole.sql"), "create table users (id int primary key, name text not null);");
    await writeFile(join(folder, "part.sql"), "create table users (name text not null, place point);");
    await writeFile(join(folder, "bad.sql"), "create tabel users;");
    await writeFile(join(folder, "empty.sql"), "set a.b = 'c';");
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("plans what the file says", async () => {
    const plan = await planFromSpecification(join(folder, "whole.sql"), false);
    expect(plan.request).toBe("From whole.sql");
    const planned = await planGiven(plan, { name: "people", file: null });
    expect(planned).toMatchObject({ outcome: "planned", cost: { usd: 0 }, plan: { name: "people" } });
  });

  test("refuses what says more than a plan can, unless it may be left out", async () => {
    const leftOut = "users.place: the type point has no counterpart in a plan";
    const file = join(folder, "part.sql");
    await expect(planFromSpecification(file, false)).rejects.toMatchObject({
      code: "not_understood",
      details: [leftOut],
    });
    const plan = await planFromSpecification(file, true);
    expect(plan.not_understood).toEqual([leftOut]);
    expect(tableSignatures(plan)).toEqual(["users(name:text)"]);
  });

  test.each([
    ["bad.sql", "usage", /syntax error/],
    ["missing.sql", "usage", /could not be read/],
    ["schema.xml", "usage", /kind "\.xml"/],
    ["empty.sql", "not_understood", /cannot/],
  ])("refuses %s", async (name, code, message) => {
    const refused = planFromSpecification(join(folder, name), true);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
