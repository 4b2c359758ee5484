// server/utils/json.ts, for projects with a json column.

export function renderJson(): string {
  return `/** A value for a jsonb column; null is SQL's null, and undefined leaves the column out. */
export function json(value: unknown): string | null | undefined {
  return value === null ? null : JSON.stringify(value);
}
`;
}
