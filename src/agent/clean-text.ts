// What may go into the database or onto a screen: without characters that break them.

/** The same JSON with every string (keys too) put through `change`. */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  return walk(value, change) as T;
}

function walk(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), walk(item, change)]));
}

/** jsonb takes neither NUL nor half a surrogate pair: both become U+FFFD. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\u{FFFD}").toWellFormed();
}

/** One short line for a person: control characters (a terminal would obey them) are spaces, the rest is cut. */
export function oneLine(text: string, length = 100): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  const characters = Array.from(line.slice(0, length * 2 + 2));
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : line;
}

/** Text of several lines for a person: as it is, without control characters but line breaks and tabs. */
export function plainText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
