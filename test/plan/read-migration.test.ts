import { expect, test } from "vitest";
import { breakingParts, tablesIn } from "../../src/plan/read-migration.ts";

test.each([
  ["create table notes (id varchar(21) primary key, check (id <> ''))", ["notes"]],
  ["create table if not exists public.Notes (id text); create index on notes (id)", ["notes"]],
  ["alter table only tasks add prio int, add x int; update tasks set prio = 1", ["tasks"]],
  ["create unique index u on \"users\" (email); insert into users (a) values ('into other')", ["users"]],
  ["delete from a where x; truncate b; drop table c -- drop table d\n", ["a", "b", "c"]],
  ["create trigger t before update on tasks for each row execute function f()", ["tasks"]],
])("the tables that %j touches", (sql, tables) => {
  expect(tablesIn(sql)).toEqual(tables);
});

test.each([
  "create table notes (id text not null)",
  "alter table tasks add column prio int not null default 0, add note text",
  "alter table tasks add c text generated always as (title) stored not null",
  "alter table tasks drop constraint c; drop index i; create index on tasks (title)",
  "alter table tasks alter done set default true",
  "insert into tasks (title) values ('alter table tasks drop column done')",
  "-- drop table tasks\nupdate tasks set title = 'x'",
])("nothing that older code trips over is seen in %j", (sql) => {
  expect(breakingParts(sql)).toEqual([]);
});

test.each([
  ["alter table tasks add a int, drop column done", "tasks: drop column done"],
  ["alter table tasks drop done", "tasks: drop done"],
  ["drop table if exists tasks", "drop table if exists tasks"],
  ["alter table tasks rename title to name", "tasks: rename title to name"],
  ["alter table tasks alter column n type bigint using n::bigint", "tasks: alter column n type bigint using n::bigint"],
  ["alter table tasks alter n set not null", "tasks: alter n set not null"],
  ["alter table tasks add column prio\n  int not null", "tasks: add column prio int not null"],
  ["alter table tasks add constraint c check (n in (1, 2))", "tasks: add constraint c check (n in (1, 2))"],
  ["create unique index u on users (email)", "create unique index u on users (email)"],
  ["do $$ begin execute 'drop table tasks'; end $$", "do $$"],
  ["truncate tasks", "truncate tasks"],
])("older code may trip over %j", (sql, part) => {
  expect(breakingParts(sql)).toEqual([part]);
});
