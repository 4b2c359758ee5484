// What a secret looks like once something has encoded it.

/** Shorter ones are found everywhere. */
const SHORTEST = 6;

/** Hide nothing from anybody, and stand in ordinary sentences. */
const KNOWN_TO_EVERYBODY = new Set([
  "changeme",
  "localhost",
  "password",
  "postgres",
  "postgresql",
  "secret",
  "turbobackend",
]);

export function isTelling(value: string): boolean {
  return value.length >= SHORTEST && !KNOWN_TO_EVERYBODY.has(value.toLowerCase());
}

/** A secret of several lines, such as a private key, is told line by line, and its first and last lines are no secret. */
export function linesOf(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  return lines.length === 1 ? [value] : lines.filter((line) => line.length >= 16 && !line.startsWith("-----"));
}

/** The value as it is, in a URL, in JSON (also within a JSON text), in hexadecimal digits, and in base64 wherever it begins in
 * what was encoded. Of forms that leave a choice, the ones that programs write. */
export function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const hex = Buffer.from(value).toString("hex");
  const forms = [
    value,
    ...inUrl(value),
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll("/", "\\/"),
    json.replaceAll(/[<>&'+]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => inBase64(value, offset)),
  ];
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST);
}

/** Both ways to write a space, and both cases of the digits. */
function inUrl(value: string): string[] {
  const component = encodeURIComponent(value.toWellFormed());
  const strict = component.replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const all = [
    component,
    strict,
    component.replaceAll("%20", "+"),
    strict.replaceAll("%20", "+"),
    encodeURI(value.toWellFormed()),
  ];
  return all.flatMap((form) => [form, form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/** The part that is the same whatever stands before and behind it, in the usual alphabet and the one for URLs.
 * @param offset how many bytes of a group of three are before it. */
function inBase64(value: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  // Each character holds six bits; those that hold a bit of a neighbour are left out.
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);
  return [bytes.toString("base64"), bytes.toString("base64url")].map((text) => text.slice(from, to));
}
