// What an activity can be: the one list for the pipelines that tell it, the filters that look for it, and help.

export const ACTIVITY_TYPES = [
  "project_created",
  "project_renamed",
  "project_destroyed",
  "database_created",
  "database_backup",
  "database_restored",
  "tables_added",
  "tables_removed",
  "endpoints_added",
  "endpoints_modified",
  "endpoints_removed",
  "business_logic_modified",
  "dependency_added",
  "configuration_changed",
  "queries_executed",
  "github_push",
  "deployment",
] as const;
export type ActivityType = (typeof ACTIVITY_TYPES)[number];

export const ACTIVITY_STATUSES = ["succeeded", "failed"] as const;
export type ActivityStatus = (typeof ACTIVITY_STATUSES)[number];

export const ENVIRONMENTS = ["development", "production"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];
