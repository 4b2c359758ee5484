// What the request says about a noun in another place than where it stands.
import { singularOf } from "./inflect.ts";
import { nounAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import { BELONG, HAVE } from "./vocabulary.ts";

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
    return reader.at(HAVE, after) || reader.at(BELONG, after) || reader.at("(", after);
  });
}
