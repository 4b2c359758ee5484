// "posts are draft or published": states of a thing, told from what is done to it, from kinds of people, and from columns.
import { endOfChoice } from "./choice.ts";
import { BOOLEANS, NO_VALUES } from "./attribute-values.ts";
import { isPlural, singularOf } from "./inflect.ts";
import { judgementOf } from "./judgement.ts";
import { nounAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import { CHOSEN, EACH, MODIFIERS, RELATIVE, SENTENCE_ENDS, SEPARATORS, words } from "./vocabulary.ts";

const BEFORE_MORE = words("and they");
/** Between and within values: "in progress", "on hold". */
const BETWEEN = words(", or");
const WITHIN = words("in on");
/** What is done to anything. */
const DONE_TO_ALL = words("created added updated edited changed modified deleted removed listed viewed read");
/** What "can be" is followed by, beside what ends in -ed, when it tells what can be done. */
const DONE = words("bought sold sent given taken made written kept put lent held drawn shown hidden found");

/** Is what ends at `offset` the subject, and no column? A singular has an article: "a task is open or done". */
export function hasStates(reader: Reader, offset: number): boolean {
  const { lower } = reader.peek(offset)!;
  if (CHOSEN.has(singularOf(lower))) return false;
  const goesOn = RELATIVE.has(lower) || BEFORE_MORE.has(lower);
  return isPlural(lower) || goesOn || [1, 2].some((before) => reader.at(EACH, offset - before));
}

/** "[either] draft or published" up to the end of a clause, of one word each or like "in progress": no roles ("admins or members"),
 * nothing that asks for a rule, and not "paid by card or cash".
 * @param can Behind "can be", where "approved or rejected" is something to do. */
export function statesAt(reader: Reader, from: number, can: boolean): boolean {
  const offset = reader.at("either", from) ? from + 1 : from;
  const end = endOfChoice(reader, offset);
  if (end === null) return false;
  const next = reader.peek(end);
  if (next && !next.newline && !SEPARATORS.has(next.lower) && !SENTENCE_ENDS.has(next.text)) return false;
  const tokens = Array.from({ length: end - offset }, (_, n) => reader.peek(offset + n)!);
  const values = tokens.filter(({ lower }) => !BETWEEN.has(lower));
  if (can && values.every(({ lower }) => lower.endsWith("ed") || DONE.has(lower))) return false;
  return tokens.every(({ lower, newline }, n) => {
    if (newline) return false;
    if (BETWEEN.has(lower)) return true;
    const [before, ahead] = [tokens[n - 1]?.lower ?? "or", tokens[n - 2]?.lower ?? "or"];
    const whole = BETWEEN.has(before) || (WITHIN.has(before) && BETWEEN.has(ahead));
    return whole && isState(lower) && !nounAt(reader, offset + n, 1)?.plural;
  });
}

function isState(word: string): boolean {
  const said = MODIFIERS.has(word) || BOOLEANS.has(word) || NO_VALUES.has(word);
  return !said && !DONE_TO_ALL.has(word) && judgementOf(word) === null;
}
