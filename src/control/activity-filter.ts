// What is looked for in the timeline, as conditions of SQL on project_actions.

/** Null and an empty list mean: no matter which. */
export interface ActivityFilter {
  types: readonly string[];
  status: string | null;
  environment: string | null;
  /** Unix seconds: from this one on. */
  since: number | null;
  /** Unix seconds: before this one. */
  until: number | null;
  runId: string | null;
  /** Anywhere in the details, in capitals or not; no character has a meaning of its own. */
  search: string | null;
}

export const EVERYTHING: ActivityFilter = {
  types: [],
  status: null,
  environment: null,
  since: null,
  until: null,
  runId: null,
  search: null,
};

/** What stands for a value in a statement: the parameter that carries it, or a literal where none may be (COPY). */
export type Bind = (value: string | number | readonly string[]) => string;

/** Parameters, and the list of their values. */
export function parameters(): { bind: Bind; values: unknown[] } {
  const values: unknown[] = [];
  return { bind: (value) => `$${values.push(value)}`, values };
}

/** Those of what `project_action_days` knows too; the times are not among them. */
export function kindConditions({ types, status, environment }: ActivityFilter, bind: Bind): string[] {
  return [
    ...(types.length === 1 ? [`action_type = ${bind(types[0]!)}`] : []),
    ...(types.length > 1 ? [`action_type = any(${bind(types)})`] : []),
    ...(status === null ? [] : [`status = ${bind(status)}`]),
    ...(environment === null ? [] : [`environment = ${bind(environment)}`]),
  ];
}

export function conditions(filter: ActivityFilter, bind: Bind): string[] {
  const { since, until, runId, search } = filter;
  return [
    ...kindConditions(filter, bind),
    ...(since === null ? [] : [`created_at >= ${bind(since)}`]),
    ...(until === null ? [] : [`created_at < ${bind(until)}`]),
    ...(runId === null ? [] : [`run_id = ${bind(runId)}`]),
    ...(search === null ? [] : [`action_details ilike ${bind(searchPattern(search))}`]),
  ];
}

export function projectCondition(projects: readonly string[], bind: Bind): string {
  return projects.length === 1 ? `project_id = ${bind(projects[0]!)}` : `project_id = any(${bind(projects)})`;
}

export function searchPattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
