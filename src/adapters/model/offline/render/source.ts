// Pieces of TypeScript source in the layout of the base project's formatter (oxfmt, 120 columns, two spaces).

export const WIDTH = 120;

/** Columns that a text takes: wide characters (CJK, emoji) take two, combining marks none. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    columns +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}

/** A string literal: in double quotes, unless it holds more of them than of single ones. */
export function quote(text: string): string {
  const json = JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  const doubles = text.split('"').length;
  if (doubles <= text.split("'").length) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A property name, in quotes only where it needs them. */
export function key(name: string): string {
  if (name === "__proto__") return '["__proto__"]'; // as a plain key it would set the prototype
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

/** Keys up to this width keep their text on the same line, however long it is. */
const SHORT_KEY = 4;

/** `key: text,`, or the text below its key when the line would be too long. */
export function textProperty(indent: string, name: string, text: string): string {
  const line = `${indent}${key(name)}: ${quote(text)},`;
  if (width(line) <= WIDTH || width(key(name)) <= SHORT_KEY) return line;
  return `${indent}${key(name)}:\n${indent}  ${quote(text)},`;
}

/** `key: value,` with a value that cannot break itself: below its key when the line would be too long. */
export function property(indent: string, name: string, value: string): string {
  const line = `${indent}${name}: ${value},`;
  return width(line) <= WIDTH ? line : `${indent}${name}:\n${indent}  ${value},`;
}

/** An import of named things, sorted by the caller. */
export function importLine(names: string[], from: string, keyword: "import" | "import type" = "import"): string {
  const line = `${keyword} { ${names.join(", ")} } from "${from}";`;
  if (names.length === 1 || width(line) <= WIDTH) return line;
  return `${keyword} {\n${names.map((name) => `  ${name},\n`).join("")}} from "${from}";`;
}

/** `head(items)tail` on one line if it fits, otherwise one item a line. The last item must not be an object literal. */
export function callLine(indent: string, head: string, items: string[], tail: string): string {
  const line = `${indent}${head}(${items.join(", ")})${tail}`;
  if (width(line.split("\n")[0]!) <= WIDTH) return line;
  return `${indent}${head}(\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent})${tail}`;
}

/** `head(sql`query`);` on one line if it fits, otherwise as the formatter breaks it: a text in backquotes stays whole. */
export function statementLine(indent: string, head: string, query: string): string {
  const line = `${indent}${head}(sql\`${query}\`);`;
  return width(line) <= WIDTH ? line : `${indent}${head}(\n${indent}  sql\`${query}\`,\n${indent});`;
}

/** `head[items]tail` on one line if it fits, otherwise one item a line. */
export function listCall(indent: string, head: string, items: string[], tail: string): string {
  const line = `${indent}${head}[${items.join(", ")}]${tail}`;
  if (width(line) <= WIDTH) return line;
  return `${indent}${head}[\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}]${tail}`;
}

/** A small JSON value as an expression on one line. */
export function inlineLiteral(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${value.map(inlineLiteral).join(", ")}]`;
  if (typeof value !== "object" || value === null) return numberOrWord(value);
  return `{ ${Object.entries(value)
    .map(([name, item]) => `${key(name)}: ${inlineLiteral(item)}`)
    .join(", ")} }`;
}

/** `const name = value;` with a JSON value. */
export function jsonConstant(indent: string, name: string, value: unknown): string {
  const head = `${indent}const ${name} =`;
  const line = `${head} ${jsonValue(value, indent, width(head) + 1, ";")};`;
  return typeof value === "string" && width(line) > WIDTH ? `${head}\n${indent}  ${quote(value)};` : line;
}

function jsonValue(value: unknown, indent: string, start: number, after: string): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return arrayLiteral(value, indent, start, after);
  if (typeof value === "object" && value !== null) return objectLiteral(value, indent);
  return numberOrWord(value);
}

function numberOrWord(value: unknown): string {
  return JSON.stringify(value).replace("e+", "e");
}

/** Always one property a line, which the formatter keeps. */
function objectLiteral(value: object, indent: string): string {
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  const inner = `${indent}  `;
  const lines = entries.map(([name, item]) => {
    if (typeof item === "string") return textProperty(inner, name, item);
    const head = `${inner}${key(name)}: `;
    return `${head}${jsonValue(item, inner, width(head), ",")},`;
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function arrayLiteral(items: unknown[], indent: string, start: number, after: string): string {
  if (items.length === 0) return "[]";
  const inner = `${indent}  `;
  const parts = items.map((item) => jsonValue(item, inner, inner.length, ","));
  const line = `[${parts.join(", ")}]`;
  if (!line.includes("\n") && !breaksAlways(items) && start + width(line + after) <= WIDTH) return line;
  if (items.every((item) => typeof item === "number") && items.length > 1)
    return `[\n${fill(parts, inner)}\n${indent}]`;
  return `[\n${parts.map((part) => `${inner}${part},\n`).join("")}${indent}]`;
}

/** Rows of a table stay below each other. */
function breaksAlways(items: unknown[]): boolean {
  return items.length > 1 && items.every((item) => Array.isArray(item) && item.length > 1);
}

/** Numbers, as many on a line as fit. */
function fill(parts: string[], indent: string): string {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    if (line !== undefined && width(`${line} ${part},`) <= WIDTH) lines[lines.length - 1] = `${line} ${part},`;
    else lines.push(`${indent}${part},`);
  }
  return lines.join("\n");
}
