// What a column is when only its name is given. Every use of this is stated as an assumption.
import type { Column } from "../../../../plan/plan.ts";
import { words } from "./vocabulary.ts";

type Shape = Partial<Column> & Pick<Column, "type">;

const RULES: { names?: ReadonlySet<string>; pattern?: RegExp; shape: Shape }[] = [
  {
    pattern: /_in_(?:milliseconds|seconds|minutes|hours|days|weeks|months|years|cents|bytes|pixels)$/,
    shape: { type: "integer", minimum: 0 },
  },
  { pattern: /(?<!check)_in_[a-z]+$/, shape: { type: "decimal", minimum: 0 } },
  { pattern: /^(?:.+_)?email(?:_address)?$/, shape: { type: "email" } },
  { names: words("url website link homepage"), pattern: /_(?:url|link)$/, shape: { type: "url" } },
  {
    names: words("price amount total cost fee salary subtotal tax discount deposit rent wage budget distance"),
    pattern: /_(?:price|amount|total|cost|fee|salary)$|^(?:price|cost|amount|fee)_per_/,
    shape: { type: "decimal", minimum: 0 },
  },
  {
    names: words("balance weight height width length rate grade"),
    pattern: /_(?:balance|rate)$/,
    shape: { type: "decimal" },
  },
  {
    names: words(
      "quantity stock count age capacity pages seats copies mileage floor servings minutes hours seconds goals",
    ),
    pattern: /_(?:quantity|count|pages|size|seats|minutes|goals)$|^number_of_/,
    shape: { type: "integer", minimum: 0 },
  },
  {
    names: words("year position priority rank score points level rating sort_order"),
    pattern: /_(?:year|position)$|^year_of_/,
    shape: { type: "integer" },
  },
  {
    names: words(
      "done completed active enabled published archived available paid public private verified finished featured cancelled",
    ),
    pattern: /^(?:is|has|can)_|_flag$/,
    shape: { type: "boolean", default: false },
  },
  {
    pattern: /^(?:prep|preparation|cook|cooking|baking|running|lead|response|reading|waiting|travel)_time$/,
    shape: { type: "integer", minimum: 0 },
  },
  { names: words("duration population"), shape: { type: "integer", minimum: 0 } },
  { names: words("area income temperature percentage"), shape: { type: "decimal" } },
  { names: words("last_seen"), shape: { type: "timestamp", nullable: true } },
  { names: words("valid_from birthdate"), pattern: /^date_[a-z]+$/, shape: { type: "date" } },
  { names: words("valid_until valid_to"), shape: { type: "date", nullable: true } },
  { pattern: /^year_[a-z]+$|_(?:score|level|points)$/, shape: { type: "integer" } },
  { pattern: /_(?:weight|height|width|length)$/, shape: { type: "decimal" } },
  { pattern: /_at$/, shape: { type: "timestamp", nullable: true } },
  { names: words("timestamp"), pattern: /_time(?:stamp)?$/, shape: { type: "timestamp" } },
  {
    names: words("due_date end_date return_date expiry_date expiration_date deadline"),
    pattern: /_on$/,
    shape: { type: "date", nullable: true },
  },
  { names: words("date birthday day"), pattern: /_date$|^date_of_/, shape: { type: "date" } },
  {
    names: words("description bio notes summary"),
    pattern: /_(?:description|notes)$/,
    shape: { type: "text", nullable: true },
  },
  {
    names: words("body content text message instructions letter"),
    pattern: /_(?:body|content|text|letter)$/,
    shape: { type: "text" },
  },
  { names: words("tags labels keywords"), shape: { type: "string[]" } },
  { names: words("metadata settings options preferences"), shape: { type: "json" } },
  { names: words("phone telephone mobile"), pattern: /_?phone(?:_number)?$/, shape: { type: "string", maxLength: 50 } },
];

/** The shape that the name is known for, or null. */
export function shapeByName(name: string): Shape | null {
  const [, limited] = /^(?:minimum|maximum|min|max)_(.+)$/.exec(name) ?? [];
  if (limited !== undefined) return shapeByName(limited);
  return RULES.find((rule) => rule.names?.has(name) || rule.pattern?.test(name))?.shape ?? null;
}

/** Is a plural like "tags" the name of a column rather than of a table? */
export function isPluralColumn(name: string): boolean {
  return shapeByName(name)?.type === "string[]" || shapeByName(name)?.type === "json" || PLURAL_COLUMNS.has(name);
}
const PLURAL_COLUMNS = words("points seats copies pages servings minutes hours seconds goals instructions");

/** Columns that cannot be kept the way the name promises. */
export function unsafeColumn(name: string): { reason: string; suggestion: string | null } | null {
  if (/^(?:.+_)?(?:password|passwd|pwd)$/.test(name)) {
    return {
      reason: "As a column a password would be readable. Accounts keep it as a hash, and have it without being told.",
      suggestion: 'Leave it out, and write "users can log in"',
    };
  }
  if (/^(?:lat|lng|lon|latitude|longitude|coordinates|location_point)$/.test(name)) {
    return {
      reason: "Coordinates need more than the two decimal places of a decimal.",
      suggestion: `Give a type, for example micro-degrees: ${name}:integer`,
    };
  }
  return null;
}
