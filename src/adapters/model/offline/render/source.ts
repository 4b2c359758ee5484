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

/** `key: text,`, or the text below its key when the line would be too long. */
export function textProperty(indent: string, name: string, text: string): string {
  return withText(`${indent}${key(name)}:`, text, ",", indent);
}

/** `before "text"after`; a text that does not fit goes to the next line, further in. */
function withText(before: string, text: string, after: string, indent: string): string {
  const line = `${before} ${quote(text)}${after}`;
  return width(line) <= WIDTH ? line : `${before}\n${indent}  ${quote(text)}${after}`;
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

/** A JSON value as an expression that starts after `before` on its line and is followed by `after`. */
export function jsonLiteral(value: unknown, indent: string, before: string, after: string): string {
  if (typeof value === "string") return withText(before, value, after, indent);
  return `${before} ${jsonValue(value, indent, width(`${before} `), after)}${after}`;
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
  const lines = entries.map(([name, item]) => jsonLiteral(item, inner, `${inner}${key(name)}:`, ","));
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
