// Verbs that relate tables: "orders are placed by customers", "authors write posts", "students enroll in courses". What each
// of them comes to is stated in the plan.
import { BOOLEANS } from "./attribute-values.ts";
import { isDescribed } from "./described.ts";
import { isPlural, singularOf } from "./inflect.ts";
import { isName, nounAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import { hasStates, statesAt } from "./states.ts";
import { BELONG, POSSESSIVES, QUALIFIED, words } from "./vocabulary.ts";
import { shapeByName } from "./well-known-columns.ts";

export type VerbPhrase =
  /** The subject belongs to what follows. `said`: in other words than "belong to". */
  | { kind: "belongs"; count: number; optional: boolean; said: boolean; verb: string }
  /** What follows belongs to the subject. `owns`: to one at a time. `meets`: "make appointments with doctors". */
  | { kind: "has"; count: number; owns: boolean; meets: boolean; verb: string }
  /** Many to many. `table`: the usual name of what is between. `again`: the same pair may be there several times. `apart`: never
   * what usually is between the two, as who likes a course has not enrolled in it. */
  | { kind: "links"; count: number; table: string; again: boolean; apart: boolean; verb: string }
  /** A tree: "categories can be nested". */
  | { kind: "nested"; count: number }
  /** A yes or no: "posts can be published or not". */
  | { kind: "flag"; count: number; name: string }
  /** One of several: "posts are draft or published". The count is of what stands before them. */
  | { kind: "choice"; count: number };

export const MAY = words("may can could");
const MODALS = words("may can could must should shall will");
const BE = words("are is");
const BELONGS: readonly (readonly ReadonlySet<string>[])[] = [
  [words("assigned linked attached connected related"), words("to")],
  [
    words(
      "written placed created owned made submitted published taught managed hosted organized organised run led sold produced sent " +
        "given recorded authored supplied booked bought held opened",
    ),
    words("by"),
  ],
  [words("part"), words("of")],
  [words("about in"), POSSESSIVES],
];
const ACTIVE_BELONGS: readonly (readonly ReadonlySet<string>[])[] = [
  [words("work works"), words("in for at")],
  [words("live lives stay stays"), words("in at")],
  [words("report reports"), words("to")],
  [words("come comes"), words("from")],
];
/** Base forms; the third person adds an s. */
const OWN = words(
  "write create own manage open send place publish post submit teach host organize organise sell supply list leave make lead hold contain include",
);
const IRREGULAR: Readonly<Record<string, string>> = {
  written: "write",
  made: "make",
  taught: "teach",
  led: "lead",
  sold: "sell",
  held: "hold",
  submitted: "submit",
};
const BOOK = words("book reserve");
export const BOOKINGS = words("appointment booking reservation session lesson slot consultation visit");
const CONTAIN = words("contain include");
const MEET = words("make hold");
const LINKS: readonly { phrase: readonly string[]; table: string; again?: true; apart?: true }[] = [
  { phrase: ["enroll", "in"], table: "enrollments" },
  { phrase: ["enrol", "in"], table: "enrollments" },
  { phrase: ["participate", "in"], table: "participations" },
  { phrase: ["register", "for"], table: "registrations" },
  { phrase: ["sign", "up", "for"], table: "registrations" },
  { phrase: ["apply", "for"], table: "applications", apart: true },
  { phrase: ["comment", "on"], table: "comments", again: true },
  { phrase: ["subscribe", "to"], table: "subscriptions", apart: true },
  { phrase: ["work", "on"], table: "assignments" },
  { phrase: ["attend"], table: "attendances" },
  { phrase: ["join"], table: "memberships" },
  { phrase: ["follow"], table: "follows", apart: true },
  { phrase: ["like"], table: "likes", apart: true },
  { phrase: ["bookmark"], table: "bookmarks", apart: true },
  { phrase: ["borrow"], table: "loans", again: true },
  { phrase: ["rent"], table: "rentals", again: true },
  { phrase: ["book"], table: "bookings", again: true },
  { phrase: ["reserve"], table: "reservations", again: true },
  { phrase: ["review"], table: "reviews", again: true },
];
/** Words before an object that change nothing: "users follow other users". */
export const BEFORE_OBJECT = words("other many several multiple");

/** The verb at `offset`, behind a subject that is `plural` or not; null when none stands there that relates tables. Nothing is
 * used yet. */
export function verbPhraseAt(reader: Reader, offset: number, plural: boolean): VerbPhrase | null {
  const before = reader.at("optionally", offset) || reader.at(MODALS, offset) ? 1 : 0;
  const modal = before === 1 && reader.at(MODALS, offset);
  const optional = before === 1 && (reader.at(MAY, offset) || !modal);
  const at = offset + before;
  if (reader.at(BELONG, at) && reader.at("to", at + 1))
    return { kind: "belongs", count: before + 2, optional, said: false, verb: "belong" };
  const be = modal ? (reader.at("be", at) ? 1 : 0) : before === 0 && reader.at(BE, at) ? 1 : 0;
  if (be > 0) return passiveAt(reader, at + 1, before + 1, optional);
  if (before === 1 && !reader.at(MAY, offset)) return null; // "must contain" is a rule
  return activeAt(reader, at, { before, optional, base: modal || plural });
}

function passiveAt(reader: Reader, at: number, before: number, optional: boolean): VerbPhrase | null {
  if (reader.at("nested", at)) return { kind: "nested", count: before + 1 };
  const word = reader.peek(at);
  if (
    word &&
    isName(word) &&
    !isPlural(word.lower) &&
    !BOOLEANS.has(word.lower) &&
    reader.at("or", at + 1) &&
    reader.at("not", at + 2)
  )
    return { kind: "flag", count: before + 3, name: word.lower };
  if (before > 0 && statesAt(reader, at, before > 1) && hasStates(reader, at - before - 1))
    return { kind: "choice", count: before };
  const again = reader.at("optionally", at) ? 1 : 0; // "are optionally assigned to"
  const phrase = BELONGS.find((one) => matches(reader, at + again, one));
  if (!phrase) return null;
  const article = phrase[1] === POSSESSIVES ? 1 : 0; // only looked at: "about a post"
  if (!nounFollows(reader, at + again + 2 - article) || reader.at(BEFORE_OBJECT, at + again + 2)) return null;
  return {
    kind: "belongs",
    count: before + again + 2 - article,
    optional: optional || again > 0,
    said: true,
    verb: baseOf(reader.peek(at + again)!.lower),
  };
}

/** "posts written by users", behind the noun. */
export function participleAt(reader: Reader, offset = 0): Extract<VerbPhrase, { kind: "belongs" }> | null {
  const phrase = passiveAt(reader, offset, 0, false);
  return phrase?.kind === "belongs" ? phrase : null;
}

/** "written" -> "write": so that "users write posts" and "posts are written by users" say one thing. */
function baseOf(participle: string): string {
  const irregular = IRREGULAR[participle];
  if (irregular) return irregular;
  const stem = participle.replace(/ed$/, "");
  return [stem, `${stem}e`, stem.replace(/i$/, "y")].find((verb) => OWN.has(verb)) ?? participle;
}

function activeAt(
  reader: Reader,
  at: number,
  { before, optional, base }: { before: number; optional: boolean; base: boolean },
): VerbPhrase | null {
  const belongs = ACTIVE_BELONGS.find((one) => matches(reader, at, one));
  if (belongs && isForm(reader, at, base) && nounFollows(reader, at + 2))
    return { kind: "belongs", count: before + 2, optional, said: true, verb: reader.peek(at)!.lower.replace(/s$/, "") };
  const verb = verbAt(reader, at, base);
  if (verb === null) return null;
  if (BOOK.has(verb) && makesBooking(reader, at + 1))
    return { kind: "has", count: before + 1, owns: true, meets: true, verb };
  const link = LINKS.find(({ phrase }) =>
    phrase.every((word, n) => (n === 0 ? verb === word : reader.at(word, at + n))),
  );
  if (link) {
    const count = link.phrase.length;
    const { table, again = false, apart = false } = link;
    return nounFollows(reader, at + count)
      ? { kind: "links", count: before + count, table, again, apart, verb: link.phrase.join(" ") }
      : null;
  }
  if (verb === "consist" && reader.at("of", at + 1) && nounFollows(reader, at + 2))
    return { kind: "has", count: before + 2, owns: false, meets: false, verb };
  if (!OWN.has(verb) || !nounFollows(reader, at + 1)) return null;
  return { kind: "has", count: before + 1, owns: !CONTAIN.has(verb), meets: MEET.has(verb), verb };
}

/** "patients book appointments": what is booked is the booking itself. */
function makesBooking(reader: Reader, offset: number): boolean {
  let at = offset;
  while (reader.at(POSSESSIVES, at) || reader.at(BEFORE_OBJECT, at)) at++;
  const noun = nounAt(reader, at);
  return noun !== null && BOOKINGS.has(singularOf(noun.name)) && nounFollows(reader, offset);
}

function matches(reader: Reader, offset: number, phrase: readonly ReadonlySet<string>[]): boolean {
  return phrase.every((word, n) => reader.at(word, offset + n));
}

/** "work" behind several, "works" behind one. */
function isForm(reader: Reader, at: number, base: boolean): boolean {
  return base !== reader.peek(at)!.lower.endsWith("s");
}

/** The base form of the word at `at`, when it agrees with its subject. */
function verbAt(reader: Reader, at: number, base: boolean): string | null {
  const word = reader.peek(at);
  if (word?.kind !== "word" || word.newline) return null;
  if (base) return word.lower;
  if (word.lower.endsWith("ies")) return `${word.lower.slice(0, -3)}y`;
  const stem = /(?:sh|ch|s|x)es$/.test(word.lower) ? word.lower.slice(0, -2) : word.lower.slice(0, -1);
  return word.lower.endsWith("s") ? stem : null;
}

/** A bare singular is more likely a name of two words ("a place number"), and what usually is a column no record. */
function nounFollows(reader: Reader, offset: number): boolean {
  let at = offset;
  while (reader.at(POSSESSIVES, at) || reader.at(BEFORE_OBJECT, at)) at++;
  const noun = nounAt(reader, at);
  if (noun === null || reader.peek(at)!.newline || !(noun.plural || at > offset)) return false;
  const singular = singularOf(noun.name);
  const column = QUALIFIED.has(singular) || shapeByName(singular) !== null;
  return noun.known || !column || isDescribed(reader, at);
}
