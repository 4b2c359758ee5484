-- All activities in their order, whoever's they are: an export of a million is read in it instead of sorted on the disk.
create index project_actions_time on project_actions (created_at, action_id);
