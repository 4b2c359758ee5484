// Ids that name no row, whatever the table: malformed ones, SQL, and bytes that are no text.
import type { Prober, Probe } from "./prober.ts";
import { unknownId } from "./values.ts";

/** What a malformed id may be answered with. */
const NO_SUCH = [400, 404, 422] as const;
const NO_SUCH_PATH = [...NO_SUCH, 414, 431] as const;

const ENCODED: readonly [string, string][] = [
  ["an id with a NUL", "a%00b"],
  ["an id in bad UTF-8", "%ff%fe"],
  ["an id whose percent-encoding is broken", "%zz"],
  ["an id that leads to another folder", "..%2f..%2fetc%2fpasswd"],
];

/** `body` is what the endpoint needs besides. */
export function badIds({ planned }: Prober, endpoint: string, one: string, body?: unknown): Probe[] {
  const base = { endpoint, ...(body !== undefined && { body }) };
  const malformed: Probe[] = [
    { ...base, what: `${one} that does not exist`, id: unknownId(), expect: [404] },
    { ...base, what: "a malformed id", id: "not an id", expect: NO_SUCH },
  ];
  if (!planned) return malformed;
  return [
    ...malformed,
    { ...base, what: "SQL instead of an id", id: "' or '1'='1", expect: NO_SUCH, security: true },
    { ...base, what: "an id of 3,000 characters", id: "a".repeat(3_000), expect: NO_SUCH_PATH, security: true },
    ...ENCODED.map(([what, encodedId]) => ({ ...base, what, encodedId, expect: NO_SUCH_PATH, security: true })),
  ];
}
