-- For a million activities: the order in which they were committed, sums per day, and a search that need not read them all.

-- Nobody may write while the sums are filled below.
lock table project_actions in access exclusive mode;

alter table project_actions add column committed_by xid8;
alter table project_actions alter column committed_by set default pg_current_xact_id();
comment on column project_actions.committed_by is
  'The transaction that wrote it: tells what is new since a snapshot, in whatever order transactions end. Null: older than this column.';
create index project_actions_committed on project_actions (committed_by);

-- The few that failed among the many that did not.
create index project_actions_failed on project_actions (project_id, created_at desc, action_id desc) where status = 'failed';

create table project_action_days (
  project_id text not null,
  day date not null,
  action_type text not null,
  status text not null,
  environment text not null,
  activities bigint not null,
  primary key (project_id, day, action_type, status, environment)
) with (fillfactor = 70);
comment on table project_action_days is
  'How many activities each day (UTC) has. Kept by triggers of project_actions: copied with it only while those do not fire.';

-- One statement adds its rows in the order of the key, so that concurrent ones wait for each other in one order. Most
-- statements that could insert an activity, those of events, insert none.
create function count_activities() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    if not exists (select from added) then
      return null;
    end if;
    insert into project_action_days as known (project_id, day, action_type, status, environment, activities)
    select project_id, date '1970-01-01' + (created_at / 86400)::integer, action_type, status, environment, count(*)
    from added group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (project_id, day, action_type, status, environment)
      do update set activities = known.activities + excluded.activities;
  elsif tg_op = 'DELETE' then
    insert into project_action_days as known (project_id, day, action_type, status, environment, activities)
    select project_id, date '1970-01-01' + (created_at / 86400)::integer, action_type, status, environment, -count(*)
    from removed group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (project_id, day, action_type, status, environment)
      do update set activities = known.activities + excluded.activities;
  elsif tg_op = 'UPDATE' then
    insert into project_action_days as known (project_id, day, action_type, status, environment, activities)
    select project_id, date '1970-01-01' + (created_at / 86400)::integer, action_type, status, environment, sum(n)
    from (select *, 1 as n from added union all select *, -1 from removed) as changed
    group by 1, 2, 3, 4, 5 having sum(n) <> 0 order by 1, 2, 3, 4, 5
    on conflict (project_id, day, action_type, status, environment)
      do update set activities = known.activities + excluded.activities;
  else
    truncate project_action_days;
  end if;
  return null;
end
$$;
comment on function count_activities() is 'Keeps project_action_days. tb only inserts; the other events are for whoever repairs or empties the table.';

create trigger count_added after insert on project_actions
  referencing new table as added for each statement execute function count_activities();
create trigger count_removed after delete on project_actions
  referencing old table as removed for each statement execute function count_activities();
create trigger count_changed after update on project_actions
  referencing old table as removed new table as added for each statement execute function count_activities();
create trigger count_nothing after truncate on project_actions
  for each statement execute function count_activities();

insert into project_action_days (project_id, day, action_type, status, environment, activities)
select project_id, date '1970-01-01' + (created_at / 86400)::integer, action_type, status, environment, count(*)
from project_actions group by 1, 2, 3, 4, 5;

-- A search through all projects, where the server offers trigrams and the role may use them. Without this index the search
-- finds the same, only slower, so nothing that is refused here may stop the migration.
do $$
declare
  place name;
begin
  create extension if not exists pg_trgm with schema public;
  select nspname into strict place from pg_extension join pg_namespace n on n.oid = extnamespace where extname = 'pg_trgm';
  execute format('create index project_actions_search on project_actions using gin (action_details %I.gin_trgm_ops)', place);
exception when others then
  raise notice 'no index for searching activities: %', sqlerrm;
end
$$;
