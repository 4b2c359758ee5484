import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completePlan, newColumn } from "../../src/plan/build-plan.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { renderMigration } from "../../src/plan/render-migration.ts";
import { searchExpression } from "../../src/plan/search-expression.ts";
import { identifier } from "../../src/plan/sql-identifiers.ts";
import { type ScratchPostgres, startScratchPostgres } from "../helpers/scratch-postgres.ts";
import { until } from "../processes/until.ts";
import { constantPlan, longPlan, shopPlan, todoPlan } from "../templates/sample-plans.ts";
import { accountsPlan } from "../verify/accounts-plan.ts";
import { optionsPlan } from "../verify/options-plan.ts";

let postgres: ScratchPostgres;
let count = 0;

beforeAll(async () => {
  postgres = await startScratchPostgres();
});
afterAll(() => postgres?.stop());

function to(table: string) {
  return { references: { table, onDelete: "set null" as const }, nullable: true };
}

/** Applies the plan's migration to a new database and returns a function that queries it. */
async function applied(plan: Plan) {
  const name = `migration_${++count}`;
  await postgres.query("postgres", `create database ${name}`);
  await postgres.query(name, renderMigration(plan)!.sql);
  return async (text: string) => (await postgres.query<Record<string, unknown>>(name, text)).rows;
}

/** Puts a member, a book of theirs and a note on it into the database of optionsPlan. */
const LENT = `
  insert into members (id, email, name) values ('m', 'a@example.com', 'Ann');
  insert into books (id, title, shelf_mark, member_id) values ('b', 'Deep Water', 'A1', 'm');
  insert into notes (id, text, book_id) values ('n', 'torn', 'b')`;

describe("the migration of a plan with options", () => {
  it("finds words by an index", async () => {
    const query = await applied(optionsPlan);
    await query(LENT);
    const expression = searchExpression(optionsPlan.tables[1]!);
    const found = `select id from books where deleted_at is null and ${expression} @@ websearch_to_tsquery('simple', 'WATER deep')`;
    expect(await query(found)).toEqual([{ id: "b" }]);
    await query(`insert into books (id, title, shelf_mark, member_id)
      select 'b' || n, 'Book ' || n, 'A1', 'm' from generate_series(1, 500) n; analyze books`);
    const plan = await query(`explain ${found}`);
    expect(JSON.stringify(plan)).toContain("books_search_idx");
  });

  it("lets nothing refer to a deleted row, and a deleted row hold nothing", async () => {
    const query = await applied(optionsPlan);
    await query(LENT);
    await expect(query("update books set deleted_at = 1 where id = 'b'")).rejects.toThrow(/foreign key/);
    await query("delete from notes; update books set deleted_at = 1 where id = 'b'");
    await expect(query("insert into notes (id, text, book_id) values ('o', 'x', 'b')")).rejects.toThrow(/foreign key/);
    await query("update members set deleted_at = 1 where id = 'm'");
    await query("insert into members (id, email, name) values ('o', 'A@example.com', 'Ann')");
    await expect(query("update books set deleted_at = null where id = 'b'")).rejects.toThrow(/foreign key/);
  });

  it("lets rows that refer to each other be deleted all at once", async () => {
    const query = await applied(shopPlan);
    await query("insert into loops (id, next_id) values ('a', null), ('b', 'a'), ('c', 'b')");
    await query("delete from loops");
    expect(await query("select id from loops")).toEqual([]);
  });

  it("keeps two requests at once from leaving a row that refers to a deleted one", async () => {
    const name = `migration_${++count}`;
    await postgres.query("postgres", `create database ${name}`);
    await postgres.query(name, `${renderMigration(optionsPlan)!.sql};${LENT}; delete from notes`);
    const writing = postgres.query(
      name,
      "begin; insert into notes (id, text, book_id) values ('o', 'x', 'b'); select pg_sleep(0.3); commit",
    );
    await until(async () => {
      const { rows } = await postgres.query<{ n: number }>(
        name,
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
      );
      return rows[0]!.n === 1;
    });
    const deleting = postgres.query(name, "update books set deleted_at = 1 where id = 'b'");
    await expect(deleting).rejects.toThrow(/foreign key/);
    await writing;
  });
});

describe("the migration of a plan with accounts", () => {
  const TWO = `
    insert into users (id, email, name) values ('a', 'a@example.com', 'Ann'), ('b', 'b@example.com', 'Bea');
    insert into account_passwords (account_id, hash) values ('a', 'x');
    insert into account_sessions (token_hash, account_id, expires_at) values ('t', 'a', 1);
    insert into projects (id, slug, name, user_id) values ('p', 'home', 'Home', 'a'), ('q', 'home', 'Home', 'b')`;

  it("keeps references within one account", async () => {
    const query = await applied(accountsPlan);
    await query(TWO);
    await query("insert into tasks (id, title, project_id, user_id) values ('t', 'x', 'p', 'a')");
    const foreign = query("insert into tasks (id, title, project_id, user_id) values ('u', 'x', 'p', 'b')");
    await expect(foreign).rejects.toThrow(/foreign key/);
    await expect(query("update tasks set project_id = 'q'")).rejects.toThrow(/foreign key/);
    await expect(query("update projects set user_id = 'b' where id = 'p'")).rejects.toThrow();
  });

  it("lets each account have a unique value once", async () => {
    const query = await applied(accountsPlan);
    await query(TWO);
    const again = query("insert into projects (id, slug, name, user_id) values ('r', 'home', 'Home', 'a')");
    await expect(again).rejects.toThrow(/projects_slug_key/);
  });

  it("lets an account go with all that belongs to it, and nothing else", async () => {
    const query = await applied(accountsPlan);
    await query(TWO);
    await query("insert into tasks (id, title, project_id, user_id) values ('t', 'x', 'p', 'a'), ('u', 'x', 'q', 'b')");
    await query("update tasks set parent_id = 't' where id = 't'");
    await query("delete from users where id = 'a'");
    expect(await query("select id from tasks")).toEqual([{ id: "u" }]);
    expect(await query("select id from projects")).toEqual([{ id: "q" }]);
    expect(await query("select * from account_passwords, account_sessions")).toEqual([]);
  });

  it("finds the rows of an account by indexes", async () => {
    const query = await applied(accountsPlan);
    await query(TWO);
    await query(`insert into tasks (id, title, project_id, user_id)
      select 't' || n, 'Task', case when n % 2 = 0 then 'p' else 'q' end, case when n % 2 = 0 then 'a' else 'b' end
      from generate_series(1, 2000) n; analyze tasks`);
    const plan = await query(`explain select * from tasks where user_id = 'a' and deleted_at is null
      order by created_at desc, id desc limit 20`);
    expect(JSON.stringify(plan)).toContain("tasks_page_idx");
  });
});

describe("the migration of a plan", () => {
  it("is absent when there are no tables", () => {
    expect(renderMigration(constantPlan)).toBeNull();
  });

  it("reads like SQL that a person wrote", () => {
    const migration = renderMigration(todoPlan)!;
    expect(migration.file).toBe("migrations/0001_users_and_tasks.sql");
    expect(migration.sql).toBe(`create table users (
  id         varchar(21) primary key,
  name       varchar(200) not null,
  email      varchar(320) not null,
  created_at bigint not null default extract(epoch from now())::bigint,
  updated_at bigint not null default extract(epoch from now())::bigint
);
create unique index users_email_key on users (lower(email));
create index users_page_idx on users (created_at desc, id desc);
create index users_name_sort_idx on users (name, id);

create table tasks (
  id         varchar(21) primary key,
  title      varchar(200) not null,
  done       boolean not null default false,
  due_at     bigint,
  user_id    varchar(21) not null references users (id) on delete cascade,
  created_at bigint not null default extract(epoch from now())::bigint,
  updated_at bigint not null default extract(epoch from now())::bigint
);
create index tasks_page_idx on tasks (created_at desc, id desc);
create index tasks_done_page_idx on tasks (done, created_at desc, id desc);
create index tasks_user_id_page_idx on tasks (user_id, created_at desc, id desc);
create index tasks_title_sort_idx on tasks (title, id);
`);
  });

  it("is accepted by Postgres for every type, default, bound and reserved word", async () => {
    const query = await applied(shopPlan);
    const tables = await query("select tablename from pg_tables where schemaname = 'public' order by 1");
    expect(tables.map(({ tablename }) => tablename)).toEqual(shopPlan.tables.map(({ name }) => name).toSorted());
    const [note] = await query("select column_default from information_schema.columns where column_name = 'note'");
    expect(note!.column_default).toContain("it''s");
  });

  it("keeps names apart that Postgres would cut to the same 63 bytes", async () => {
    const query = await applied(longPlan);
    const indexes = await query("select indexname from pg_indexes where schemaname = 'public'");
    expect(indexes.length).toBeGreaterThan(longPlan.tables.length * 2);
    for (const { indexname } of indexes) expect(String(indexname).length).toBeLessThanOrEqual(63);
  });

  it("keeps index names apart that the names of two tables would make the same", async () => {
    const references = { table: "users", onDelete: "cascade" } as const;
    const plan = completePlan({
      request: "",
      constants: [],
      assumptions: [],
      tables: [
        { name: "users", singular: "user", columns: [] },
        { name: "tasks", singular: "task", columns: [newColumn("user_id", "reference", { references })] },
        { name: "tasks_user_id", singular: "task_user_id", columns: [] },
      ],
    });
    const query = await applied(plan);
    expect(await query("select 1 from pg_indexes where schemaname = 'public'")).toHaveLength(7);
  });

  it("adds references between tables that refer to each other afterwards", async () => {
    const plan = completePlan({
      request: "",
      constants: [],
      assumptions: [],
      tables: [
        { name: "teams", singular: "team", columns: [newColumn("lead_id", "reference", to("people"))] },
        { name: "people", singular: "person", columns: [newColumn("team_id", "reference", to("teams"))] },
      ],
    });
    const query = await applied(plan);
    expect(await query("select 1 from pg_constraint where contype = 'f'")).toHaveLength(2);
  });

  it("enforces what the plan says: enum, bounds, unique without case, references", async () => {
    const query = await applied(shopPlan);
    await query("insert into categories (id, name) values ('c1', 'Tea')");
    const product = (values: string) =>
      query(`insert into products (id, sku, price, stock, status, attributes, tags, category_id) values (${values})`);
    await product("'p1', 'abc', 1.5, 0, 'draft', '{}', '{}', 'c1'");
    await expect(product("'p2', 'abd', 1.5, 0, 'lost', '{}', '{}', 'c1'")).rejects.toThrow(/products_status_check/);
    await expect(product("'p3', 'abe', 0, 0, 'draft', '{}', '{}', 'c1'")).rejects.toThrow(/products_price_check/);
    await expect(product("'p4', 'abf', 1, -1, 'draft', '{}', '{}', 'c1'")).rejects.toThrow(/products_stock_check/);
    await expect(product("'p5', 'abc', 1, 0, 'draft', '{}', '{}', 'c1'")).rejects.toThrow(/products_sku_key/);
    await expect(product("'p6', 'abg', 1, 0, 'draft', '{}', '{}', 'c2'")).rejects.toThrow(/foreign key/);
    await expect(query("delete from categories")).rejects.toThrow(/RESTRICT/);
    const users = await applied(todoPlan);
    await users("insert into users (id, name, email) values ('u1', 'Ann', 'ann@example.com')");
    await expect(users("insert into users (id, name, email) values ('u2', 'Ann', 'ANN@example.com')")).rejects.toThrow(
      /users_email_key/,
    );
  });
});

describe("an identifier", () => {
  it("is quoted exactly when Postgres does not take it otherwise", async () => {
    const { rows } = await postgres.query<{ word: string; reserved: boolean }>(
      "postgres",
      "select word, catcode in ('R', 'T') as reserved from pg_get_keywords()",
    );
    for (const { word, reserved } of rows) {
      expect(identifier(word)).toBe(reserved ? `"${word}"` : word);
    }
  });
});
