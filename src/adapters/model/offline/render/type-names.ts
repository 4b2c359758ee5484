// What a table is called in TypeScript: its type, its variable, and how a person says it.
import type { Table } from "../../../../plan/plan.ts";

/** Words that cannot name a variable, and names that the generated files already use. */
const TAKEN_VARIABLES = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false " +
    "finally for function if implements import in instanceof interface let new null package private protected public return " +
    "static super switch this throw true try typeof var void while with yield async of undefined " +
    "account after assignments body contains changes cursor embed event filters found hash hashOf include items limit many matches nanoid page params password problem q query route rows searched sort sql values one json z"
  ).split(" "),
);

/** Types that the language or the generated files already have. */
const TAKEN_TYPES = new Set(
  (
    "Array Boolean Date Error Function Map Number Object Promise Proxy RegExp Record Required Partial Pick Omit Set String Symbol " +
    "Response Request Event EventTarget URL Headers Buffer Iterator Intl JSON Math Reflect Atomics BigInt File Blob FormData " +
    "Params Query Id IdParams UnixSeconds Decimal CalendarDate HttpUrl Json QueryBoolean PageQuery Page Problem Answer Infinity NaN Password " +
    "Awaited Exclude Extract Readonly Parameters Performance Storage WebSocket Navigator Crypto Worker Process Console Temporal"
  ).split(" "),
);

/** "order_item" -> "OrderItem" */
export function typeName({ singular }: Pick<Table, "singular">): string {
  const name = pascal(singular);
  return TAKEN_TYPES.has(name) ? `${name}Row` : name;
}

/** "order_item" -> "orderItem"; "row" where that is a reserved word or too long to read. */
export function variableName({ singular }: Pick<Table, "singular">): string {
  const name = camel(singular);
  return TAKEN_VARIABLES.has(name) || name.length > 20 ? "row" : name;
}

/** "TaskStatus" */
export function enumName(table: Pick<Table, "singular">, column: string): string {
  return `${typeName(table)}${pascal(column)}`;
}

/** "order_item" -> "order item" */
export function spoken(name: string): string {
  return name.replaceAll("_", " ");
}

/** "order_item" -> "orderItem" */
export function camel(name: string): string {
  return pascal(name).replace(/^./, (first) => first.toLowerCase());
}

export function pascal(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}
