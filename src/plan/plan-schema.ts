// The shape of a plan as zod schemas: lengths, counts and types. What relates parts of a plan is in validate-plan.ts.
import * as z from "zod";
import { columnNameProblem, identifierProblem, originProblem, projectNameProblem, tableNameProblem } from "./names.ts";

const MAX_TABLES = 100;
const MAX_COLUMNS = 200;
/** What is indexed of a row, a tsvector, holds at most 1 MB; a text has up to 10,000 characters of four bytes. */
const MAX_SEARCHED = 10;
/** Columns of one index. https://www.postgresql.org/docs/18/limits.html */
const MAX_TOGETHER = 32;
const COLUMN_TYPES = [
  "id",
  "string",
  "text",
  "integer",
  "bigint",
  "decimal",
  "boolean",
  "timestamp",
  "date",
  "enum",
  "email",
  "url",
  "json",
  "string[]",
  "reference",
] as const;

/** A string that `problemOf` has nothing against; the problem is told with the name itself. */
function named(problemOf: (name: string) => string | null, pattern: RegExp) {
  return z
    .string()
    .max(200)
    .meta({ pattern: pattern.source })
    .check((context) => {
      const problem = problemOf(context.value);
      if (problem)
        context.issues.push({ code: "custom", input: context.value, message: `${quoted(context.value)} ${problem}` });
    });
}

/** A line that people read: no control characters, which could fake other output. */
const sentence = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, "must be one line without control characters");
const identifier = named(identifierProblem, /^[a-z][a-z0-9_]*$/);

const columnSchema = z.strictObject({
  name: named(columnNameProblem, /^[a-z][a-z0-9_]*$/),
  type: z.enum(COLUMN_TYPES),
  nullable: z.boolean(),
  unique: z.boolean(),
  default: z
    .union([z.string().max(10_000), z.number(), z.boolean(), z.null()])
    .describe('A literal; "now" for a timestamp'),
  references: z
    .strictObject({ table: identifier, onDelete: z.enum(["restrict", "cascade", "set null"]) })
    .nullable()
    .describe("The table a reference points to; null for every other type"),
  maxLength: z.int().min(1).max(10_000).exactOptional(),
  minLength: z.int().min(0).max(10_000).exactOptional(),
  minimum: z.number().exactOptional(),
  maximum: z.number().exactOptional(),
  values: z.array(z.string().min(1).max(200)).min(1).max(100).exactOptional().describe("Allowed values of an enum"),
});

const tableSchema = z.strictObject({
  name: named(tableNameProblem, /^[a-z][a-z0-9_]*$/).describe("Plural, snake_case"),
  singular: identifier,
  columns: z.array(columnSchema).min(3).max(MAX_COLUMNS).describe("id first; created_at and updated_at last"),
  search: z
    .array(identifier)
    .min(1)
    .max(MAX_SEARCHED)
    .exactOptional()
    .describe("Columns (string, text, email) that GET …?q= looks into; only when asked for"),
  uniqueTogether: z
    .array(identifier)
    .min(2)
    .max(MAX_TOGETHER)
    .exactOptional()
    .describe("Required references (all reference columns of a link table) that two rows may not share all of"),
  url: z.literal(true).exactOptional().describe("Rows are shown with their absolute url; only when asked for"),
  account: z
    .literal(true)
    .exactOptional()
    .describe("Rows are accounts that sign up and log in; one table at most, with a unique email; only when asked for"),
  owner: identifier
    .exactOptional()
    .describe("The reference (on delete cascade) to the account that each row belongs to, which alone sees it"),
  softDelete: z
    .literal(true)
    .exactOptional()
    .describe(
      "DELETE keeps the row, hidden from the API; so must all that it refers to with restrict; only when asked for",
    ),
});

const operationSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("health") }),
  z.strictObject({ kind: z.literal("constant"), body: z.json() }),
  z.strictObject({
    kind: z.enum(["list", "create", "get", "update", "delete", "delete-all", "log-in", "log-out"]),
    table: identifier,
  }),
  z.strictObject({ kind: z.literal("nested-list"), table: identifier, parent: identifier, column: identifier }),
]);

const endpointSchema = z.strictObject({
  method: z.enum(["GET", "POST", "PATCH", "DELETE"]),
  path: z.string().max(400),
  file: z.string().max(400),
  summary: sentence,
  operation: operationSchema,
});

export const planSchema = z.strictObject({
  kind: z.literal("create"),
  name: named(projectNameProblem, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/).describe("kebab-case project name"),
  request: z
    .string()
    .max(20_000)
    .refine((text) => !text.includes("\0"), "must not contain NUL characters"),
  database: z.strictObject({ needed: z.boolean(), reasoning: sentence }),
  tables: z.array(tableSchema).max(MAX_TABLES).describe("Parents before children"),
  endpoints: z.array(endpointSchema).min(1).max(5000),
  cors: z
    .array(named(originProblem, /^https?:\/\/[a-z0-9.-]+(:\d+)?$/))
    .min(1)
    .max(50)
    .exactOptional()
    .describe("Origins whose web pages may use the API; only when asked for"),
  assumptions: z.array(sentence).max(25_000).describe("What was decided without being asked, a sentence each"),
  not_understood: z.array(sentence).max(1000),
});

const notUnderstoodSchema = z.strictObject({
  start: z.int().min(0).describe("UTF-16 offset into the request"),
  end: z.int().min(0),
  text: z.string().max(20_000),
  reason: z.string().max(1000),
  suggestion: z.string().max(1000).nullable(),
});

export const designAnswerSchema = z.discriminatedUnion("understood", [
  z.strictObject({ understood: z.literal(true), plan: planSchema }),
  z.strictObject({ understood: z.literal(false), problems: z.array(notUnderstoodSchema).min(1).max(1000) }),
]);

/** JSON Schema that a model's answer to "design this" must satisfy. */
export function designAnswerJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(designAnswerSchema) };
}

/** A value as it may appear in a message: short, on one line. */
function quoted(value: string): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 76)}…"` : text;
}
