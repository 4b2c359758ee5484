// Bodies that no endpoint takes, whatever its columns are: what is no JSON, no object, too large, in another type, or a trick.
import type { Table } from "../../plan/plan.ts";
import type { Probe, Prober } from "./prober.ts";
import { type Row, writable } from "./rows.ts";
import { unknownId } from "./values.ts";

export const REFUSED = [400, 422] as const;
const WRONG_TYPE = [415, ...REFUSED] as const;
const TOO_LARGE = [413, ...REFUSED] as const;
/** Twice what the base project takes. */
const LARGE = 200_000;
const DEPTH = 20_000;
const JSON_TYPE = "application/json";

/** Where the bodies are sent, and a body that is fine. */
export interface Target {
  endpoint: string;
  id?: string;
  good: Row;
  /** "a task", for the failures. */
  one: string;
}

export function badBodies({ planned }: Prober, table: Table, target: Target): Probe[] {
  const { endpoint, id, good, one } = target;
  const base = { endpoint, ...(id !== undefined && { id }) };
  const raw = (
    what: string,
    body: string | Buffer,
    expect: readonly number[],
    contentType: string | null = JSON_TYPE,
  ) => ({
    ...base,
    what,
    raw: { contentType, body },
    expect,
    security: true,
  });
  const text = JSON.stringify(good);
  const probes: Probe[] = [
    {
      ...base,
      what: `${one} with an unknown field`,
      body: { ...good, not_a_field: 1 },
      expect: REFUSED,
      security: true,
    },
    { ...base, what: `a list instead of ${one}`, body: [good], expect: REFUSED },
    raw("malformed JSON", '{"a":', REFUSED),
    raw("a body that is not JSON", "hello", WRONG_TYPE, "text/plain"),
    raw(`a body of ${LARGE} bytes`, JSON.stringify({ ...good, not_a_field: "x".repeat(LARGE) }), TOO_LARGE),
  ];
  if (!planned) return probes;
  return [
    ...probes,
    ...["id", "created_at", "updated_at", ...(table.owner === undefined ? [] : [table.owner])].map((name) => ({
      ...base,
      what: `${one} whose ${name} the client sets`,
      body: { ...good, [name]: name.endsWith("_at") ? 1 : unknownId() },
      expect: REFUSED,
      security: true,
    })),
    ...['"text"', "null", "5"].map((json) => raw(`${json} instead of ${one}`, json, REFUSED)),
    raw("an empty body", "", REFUSED),
    raw(`${one}, followed by ${LARGE} spaces`, text + " ".repeat(LARGE), TOO_LARGE),
    raw(`${one} as text/plain`, text, WRONG_TYPE, "text/plain"),
    raw(`${one} as a form`, text, WRONG_TYPE, "application/x-www-form-urlencoded"),
    raw(`${one} without a content type`, text, WRONG_TYPE, null),
    raw("JSON that is nested without end", `{"a":${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}}`, TOO_LARGE),
    ...badTexts(table, target).map(([what, body]) => raw(what, body, REFUSED)),
  ];
}

/** Characters that no database stores, in the first column that takes a text. */
function badTexts(table: Table, { good, one }: Target): [string, string | Buffer][] {
  const column = writable(table).find(({ type, name }) => (type === "string" || type === "text") && name in good);
  if (!column) return [];
  const [before = "", after = ""] = JSON.stringify({ ...good, [column.name]: "a\u0001b" }).split("\\u0001");
  return [
    [`${one} in bad UTF-8`, Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xc0]), Buffer.from(after)])],
    [`${one} with half of a surrogate pair`, `${before}\\ud800${after}`],
  ];
}
