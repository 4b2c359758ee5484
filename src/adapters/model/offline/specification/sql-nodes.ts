// Reads nodes of Postgres' own parser (libpg-query), of which only the few fields that matter are known here.

export type Node = Record<string, unknown>;

/** The fields of the node when it is of the type: `{"ColumnDef": {…}}`. */
export function fieldsOf(node: unknown, type: string): Node | null {
  return isNode(node) && isNode(node[type]) ? node[type] : null;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The texts of a list of String nodes. */
export function names(value: unknown): string[] {
  return list(value).flatMap((node) => {
    const text = fieldsOf(node, "String")?.["sval"];
    return typeof text === "string" ? [text] : [];
  });
}

/** A literal, also one with a cast; undefined for any other expression. */
export function constantOf(node: unknown): string | number | boolean | null | undefined {
  const cast = fieldsOf(node, "TypeCast");
  if (cast) return constantOf(cast["arg"]);
  const constant = fieldsOf(node, "A_Const");
  if (!constant) return undefined;
  if (constant["isnull"]) return null;
  if (isNode(constant["ival"])) return Number(constant["ival"]["ival"] ?? 0); // a zero is left out
  if (isNode(constant["fval"])) return Number(constant["fval"]["fval"]);
  if (isNode(constant["boolval"])) return constant["boolval"]["boolval"] === true;
  if (!isNode(constant["sval"])) return undefined;
  const text = constant["sval"]["sval"]; // an empty one is left out
  return typeof text === "string" ? text : "";
}

/** The column that an expression is, also inside of a cast. */
export function columnOf(node: unknown): string | undefined {
  const cast = fieldsOf(node, "TypeCast");
  return cast ? columnOf(cast["arg"]) : names(fieldsOf(node, "ColumnRef")?.["fields"]).at(-1);
}

/** The name of the function that an expression calls: "now", "lower". */
export function functionOf(node: unknown): string | undefined {
  if (fieldsOf(node, "SQLValueFunction")) return "now"; // current_timestamp and its kin
  return names(fieldsOf(node, "FuncCall")?.["funcname"]).at(-1);
}
