// server/schemas/fields.ts: the types of columns that several tables share; only those that this project uses.
import type { ColumnType, Plan } from "../../../../plan/plan.ts";

const ID = `/** What every record is known by: a nanoid. */
export const Id = z
  .string()
  .regex(/^[\\w-]{21}$/, "must be an id")
  .meta({ example: "V1StGXR8_Z5jdHi6B-myT" });

export const IdParams = z.strictObject({ id: Id });`;

const UNIX_SECONDS = `/** Seconds since 1970. */
export const UnixSeconds = z.int().min(0).meta({ example: 1767225600 });`;

const BY_TYPE: Partial<Record<ColumnType, string>> = {
  decimal: `/** numeric(12, 2): a number with at most two decimals, which a double tells apart without loss. */
export const Decimal = z
  .number()
  .min(-9999999999.99)
  .max(9999999999.99)
  .refine((value) => Number(value.toFixed(2)) === value, "must have at most two decimals")
  .meta({ description: "at most two decimals", example: 19.99 });`,
  date: `/** A day of the calendar, without a time or a time zone: "2026-01-31". */
export const CalendarDate = z.iso.date();`,
  url: `export const HttpUrl = z.url({ protocol: /^https?$/ });`,
  json: `/** Any JSON value but null, which a column that is optional stands for. */
export const Json = z.unknown().refine((value) => value !== undefined && value !== null, "must be a JSON value");`,
};

const QUERY_BOOLEAN = `/** "true" or "false" in a query. */
export const QueryBoolean = z.stringbool({ truthy: ["true"], falsy: ["false"] }).meta({ type: "boolean" });`;

const PATCH = `/** The body of a PATCH: any of the fields, at least one. */
export function patchOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const patch = z.strictObject(shape).partial();
  return patch.refine((changes) => Object.keys(changes).length > 0, "change at least one field");
}`;

export function renderFields(plan: Plan): string {
  const types = new Set(plan.tables.flatMap(({ columns }) => columns.map(({ type }) => type)));
  const kinds = new Set(plan.endpoints.map(({ operation }) => operation.kind));
  const parts = [
    'import * as z from "zod";',
    ID,
    UNIX_SECONDS,
    ...(["decimal", "date", "url", "json"] as const).filter((type) => types.has(type)).map((type) => BY_TYPE[type]!),
    ...(types.has("boolean") && kinds.has("list") ? [QUERY_BOOLEAN] : []),
    ...(kinds.has("update") ? [PATCH] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}
