// What the request says about a noun in another place than where it stands.
import { pluralOf, singularOf } from "./inflect.ts";
import { nounAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import { wellKnownColumns } from "./well-known-tables.ts";
import { BELONG, HAVE, words } from "./vocabulary.ts";

const MODALS = words("may can could must should");

/** "completed tasks" where the request says what tasks are, and nothing of completed tasks: which of them are meant, or a table of
 * their own? */
export function isUnclearCompound(reader: Reader, at: number): boolean {
  const noun = nounAt(reader, at);
  if (noun?.count !== 2 || noun.known || isDescribed(reader, at)) return false;
  const before = nounAt(reader, at, 1)!;
  return !wellKnownColumns(pluralOf(before.name)) && isDescribed(reader, at + 1);
}

/** Reports what `isUnclearCompound` has found at the cursor, and uses it. */
export function reportUnclearCompound(reader: Reader): void {
  const tokens = reader.tokens.slice(reader.index, reader.index + 2);
  const [first, second] = tokens.map(({ text }) => text);
  reader.take("reported", 2);
  reader.reportTokens(
    tokens,
    `"${first} ${second}" can be read as some of the ${second}, or as a table of their own.`,
    `Leave "${first}" out, or write a sentence for the table: "${first} ${second} have …"`,
  );
}

/** Does a sentence or a group elsewhere say what the noun at `at` is: "rooms have …", "a room has …", "rooms(…)"? */
export function isDescribed(reader: Reader, at: number): boolean {
  const noun = nounAt(reader, at);
  if (!noun?.plural) return false;
  const singular = singularOf(noun.name);
  return reader.tokens.some((token, index) => {
    const offset = index - reader.index;
    if (offset >= at && offset < at + noun.count) return false;
    const [name, after] =
      noun.count === 1
        ? [token.lower, offset + 1]
        : [`${token.lower}_${reader.peek(offset + 1)?.lower ?? ""}`, offset + 2];
    if (name !== noun.name && name !== singular) return false;
    return (
      reader.at(HAVE, reader.at(MODALS, after) ? after + 1 : after) || reader.at(BELONG, after) || reader.at("(", after)
    );
  });
}
