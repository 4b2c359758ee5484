// A bare plural where a column is expected, as in "users have tasks": records of their own, or not clear.
import { withArticle } from "../../../../plan/endpoints.ts";
import { isDescribed } from "./described.ts";
import type { Field, Place } from "./field.ts";
import { singularOf } from "./inflect.ts";
import { nounAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import { HAVE, SENTENCE_ENDS, SEPARATORS } from "./vocabulary.ts";
import { isPluralColumn, shapeByName } from "./well-known-columns.ts";

/** A bare plural in a sentence ("users have tasks") names records rather than a column. */
export function isPluralNoun(reader: Reader): boolean {
  const noun = nounAt(reader);
  if (noun && shapeByName(noun.name) && singularOf(noun.name) === noun.name) return false; // "content" is both
  return noun !== null && noun.plural && (!isPluralColumn(noun.name) || isDescribed(reader, 0));
}

/** Records, where it is clear that these are meant; else null, reported with its readings. Either way the noun is used. */
export function parsePlural(reader: Reader, place: Place, start: number): Field | null {
  return clearRecords(reader, place, start) ?? ambiguousPlural(reader, place);
}

/** "hotels have rooms" where another sentence says what rooms are, and "posts have comments": nothing else can be meant than "many
 * rooms". In a list of tables they may be the next of it, unless the sentence ends there. */
function clearRecords(reader: Reader, place: Place, start: number): Field | null {
  const noun = nounAt(reader)!;
  const next = reader.peek(noun.count);
  const last = !next || next.newline || SENTENCE_ENDS.has(next.text);
  const described = isDescribed(reader, 0);
  if (
    (place === "relative" && !last) ||
    !(described || (noun.known && !shapeByName(noun.name) && followsNoColumn(reader)))
  )
    return null;
  reader.take("table", noun.count);
  const tokens = reader.tokens.slice(start, reader.index);
  return { kind: "many", noun: noun.name, tokens, ...(!described && { conventional: true }) };
}

/** Behind the verb, or behind other records: "orders have a total and comments" may mean a remark. */
function followsNoColumn(reader: Reader): boolean {
  let before = -1;
  while (reader.at(SEPARATORS, before)) before--;
  return reader.at(HAVE, before) || reader.peek(before)?.use === "table";
}

function ambiguousPlural(reader: Reader, place: Place): null {
  const noun = nounAt(reader)!;
  const tokens = reader.tokens.slice(reader.index, reader.index + noun.count);
  reader.take("reported", noun.count);
  const singular = singularOf(noun.name);
  if (shapeByName(singular) || singular === "name" || singular === "title") {
    reader.reportTokens(tokens, "A column is named in the singular.", `Write "${withArticle(singular)}"`);
    return null;
  }
  const readings =
    place === "relative"
      ? `a column, records that belong to it ("many ${noun.name}"), or one more table of the list`
      : `a column or records of their own ("many ${noun.name}")`;
  reader.reportTokens(
    tokens,
    `"${noun.name}" can be read as ${readings}.`,
    `Write "; ${noun.name} have a name" for a table, "many ${noun.name}" for records that belong to it, or ${noun.name}:string[] for a list of words.`,
  );
  return null;
}
