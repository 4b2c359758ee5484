-- tb's own state. Names are unqualified: the runner sets search_path to the schema of PG_DB_SCHEMA.
-- Timestamps named *_at of type bigint are Unix seconds; a missing one is null. Ids are text made by tb (`prj_…`, `run_…`).

create table project_contexts (
  project_id text primary key,
  owner_id text not null,
  name text not null,
  type text not null,
  status text not null check (status in ('creating', 'active', 'failed', 'destroyed')),
  codebase jsonb not null default '{}',
  dependencies jsonb not null default '{}',
  environment_variables text[] not null default '{}',
  deployment_config jsonb not null default '{}',
  test_coverage numeric,
  security_score numeric,
  performance_score numeric,
  created_at bigint not null,
  updated_at bigint not null
);
comment on table project_contexts is 'One row per project: its record. A destroyed project keeps its row and frees its name.';
comment on column project_contexts.environment_variables is 'Names only, never values.';
create unique index project_contexts_name on project_contexts (owner_id, lower(name)) where status <> 'destroyed';

create table requests (
  request_id text primary key,
  user_id text not null,
  project_id text,
  channel text not null,
  command text not null,
  request text,
  parameters jsonb not null default '{}',
  created_at bigint not null
);
comment on table requests is 'What was asked, in words, by whom and through what (terminal, key, queue): one row whatever the door.';
comment on column requests.channel is 'terminal, mcp:<key id> or queue.';
create index requests_project on requests (project_id, created_at desc);

create table runs (
  run_id text primary key,
  pipeline text not null,
  owner_id text not null,
  project_id text,
  request_id text,
  modification_id text,
  input jsonb not null,
  state text not null check (state in ('running', 'parked', 'failed', 'succeeded', 'cancelled')),
  phase text,
  error jsonb,
  result jsonb,
  version text not null,
  lease_token bigint not null default 0,
  lease_owner text,
  lease_until timestamptz,
  created_at bigint not null,
  updated_at bigint not null,
  finished_at bigint
);
comment on table runs is 'One execution of a pipeline. Durable, resumable, cancellable.';
comment on column runs.version is 'The version of tb that began the run.';
comment on column runs.lease_token is 'Fencing: grows with every takeover; a process with an older token may not write.';
comment on column runs.lease_owner is 'The process that works on the run: {host, pid, started} as JSON text.';
create index runs_owner on runs (owner_id, created_at desc, run_id desc);
create index runs_project on runs (project_id, created_at desc, run_id desc);
create index runs_unfinished on runs (state, lease_until) where state in ('running', 'parked');

create table run_events (
  seq bigint generated always as identity,
  run_id text not null references runs,
  phase text not null,
  step text not null,
  n integer not null,
  type text not null,
  payload jsonb not null,
  at timestamptz not null default now(),
  primary key (run_id, phase, step, n)
);
comment on table run_events is 'The one stream of a run. The key makes an event that is repeated after a resume a repeat, not a second event.';
create index run_events_order on run_events (run_id, seq);

create table llm_turns (
  run_id text not null references runs,
  turn text not null,
  purpose text not null,
  model text not null,
  request_hash text not null,
  response jsonb not null,
  tool_results jsonb,
  input_tokens bigint not null,
  cached_tokens bigint not null,
  output_tokens bigint not null,
  usd numeric,
  created_at bigint not null,
  primary key (run_id, turn)
);
comment on table llm_turns is 'Every finished answer of a model, looked up before the model is asked: a resumed run pays for none twice.';
comment on column llm_turns.usd is 'Null when the price is unknown.';

create table resources (
  resource_id text primary key,
  sequence bigint generated always as identity,
  run_id text not null references runs,
  project_id text,
  kind text not null,
  name text not null,
  provider text not null,
  state text not null check (state in ('intended', 'created', 'released')),
  details jsonb not null default '{}',
  created_at bigint not null,
  released_at bigint
);
comment on table resources is 'The ledger: the intent is written before something outside is created. Undoing walks it newest first.';
comment on column resources.sequence is 'Order of the intents; seconds are too coarse to undo by.';
create unique index resources_held on resources (kind, provider, name) where state <> 'released';
create index resources_run on resources (run_id, sequence desc);
create index resources_project on resources (project_id, sequence desc);

create table modifications (
  modification_id text primary key,
  project_id text not null,
  run_id text not null,
  request text not null,
  requested_by text not null,
  kind text not null,
  status text not null,
  impact_analysis jsonb,
  affected_files jsonb,
  modified_files jsonb,
  test_results jsonb,
  requested_at bigint not null,
  applied_at bigint
);
comment on table modifications is 'One change to a project, from request to applied, refused, failed or undone. Creating it is the first one.';
create index modifications_project on modifications (project_id, requested_at desc, modification_id desc);
create index modifications_run on modifications (run_id);

create table project_actions (
  action_id text primary key,
  project_id text not null,
  user_id text not null,
  request_id text,
  run_id text,
  action_type text not null,
  action_details text not null,
  status text not null,
  environment text not null check (environment in ('development', 'production')),
  reference_ids jsonb not null default '{}',
  created_at bigint not null
);
comment on table project_actions is 'The timeline: one line per activity. Written in one statement with the run event it belongs to.';
comment on column project_actions.action_id is 'Sorts by time, then by order within a second.';
create index project_actions_project on project_actions (project_id, created_at desc, action_id desc);
create index project_actions_type on project_actions (action_type, created_at desc);
create index project_actions_run on project_actions (run_id);

create table project_databases (
  database_name text primary key,
  project_id text not null,
  run_id text,
  cluster text not null,
  tables jsonb not null default '[]',
  environment text not null,
  is_active boolean not null,
  created_at bigint not null,
  updated_at bigint not null
);
comment on table project_databases is 'Databases of projects. Users and passwords are derived from the name and the installation key.';
comment on column project_databases.cluster is 'embedded or external.';
create index project_databases_project on project_databases (project_id) where is_active;

create table generated_queries (
  query_id text primary key,
  project_id text not null,
  run_id text,
  modification_id text,
  database_name text not null,
  sql text not null,
  purpose text not null,
  tables text[] not null default '{}',
  status text not null,
  error text,
  duration_ms numeric,
  environment text not null,
  created_at bigint not null
);
comment on table generated_queries is 'SQL that tb or a model wrote and that was run on a database of a project.';
create index generated_queries_project on generated_queries (project_id, created_at desc, query_id desc);
create index generated_queries_run on generated_queries (run_id);

create table container_sessions (
  session_id text primary key,
  project_id text not null,
  run_id text,
  container_id text not null,
  container_provider text not null,
  isolation text,
  status text not null,
  environment text not null,
  started_at bigint not null,
  ended_at bigint
);
comment on table container_sessions is 'Sandboxes: one row per sandbox that a run opened, kept also when the run failed.';
comment on column container_sessions.isolation is 'Which isolation was active, as the sandbox named it.';
create index container_sessions_project on container_sessions (project_id, started_at desc, session_id desc);
create index container_sessions_run on container_sessions (run_id);

create table project_github_repos (
  project_id text not null,
  repo_url text not null,
  provider text not null,
  branch text not null,
  is_active boolean not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (project_id, repo_url)
);
comment on table project_github_repos is 'The repository of a project, at GitHub or a bare one on this machine.';

create table github_push_history (
  push_id text primary key,
  project_id text not null,
  run_id text,
  repo_url text not null,
  branch text not null,
  commit_sha text not null,
  commit_message text not null,
  files jsonb not null default '[]',
  status text not null,
  environment text not null,
  created_at bigint not null
);
comment on table github_push_history is 'Every push, with the files it changed: [{path, change}].';
create index github_push_history_project on github_push_history (project_id, created_at desc, push_id desc);
create index github_push_history_run on github_push_history (run_id);

create table message_costs (
  cost_id text primary key,
  run_id text not null,
  project_id text,
  request_id text,
  turn text not null,
  purpose text not null,
  model text not null,
  input_tokens bigint not null,
  cached_tokens bigint not null,
  output_tokens bigint not null,
  usd numeric,
  created_at bigint not null,
  unique (run_id, turn)
);
comment on table message_costs is 'What each call of a model cost. Cached tokens are part of the input tokens.';
comment on column message_costs.usd is 'Null when the price is unknown; never 0 for it.';
create index message_costs_project on message_costs (project_id, created_at desc);

create table deployments (
  deployment_id text primary key,
  project_id text not null,
  run_id text not null,
  provider text not null,
  url text,
  commit text not null,
  status text not null,
  environment text not null,
  created_at bigint not null,
  updated_at bigint not null
);
comment on table deployments is 'Every deployment of a project, also a failed one.';
create index deployments_project on deployments (project_id, created_at desc, deployment_id desc);

create table snapshots (
  snapshot_id text primary key,
  project_id text not null,
  run_id text not null,
  url text not null,
  commit text not null,
  files integer not null,
  bytes bigint not null,
  created_at bigint not null
);
comment on table snapshots is 'Copies of a project''s source in the object store.';
create index snapshots_project on snapshots (project_id, created_at desc, snapshot_id desc);
