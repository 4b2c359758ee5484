// What something belongs to: "a user", "an optional user as reviewer", "a home team", "a blog post".
import { spoken, withArticle } from "../../../../plan/endpoints.ts";
import { referenceTo } from "./column.ts";
import type { ColumnDraft } from "./draft.ts";
import { isPlural, pluralOf } from "./inflect.ts";
import { judgementOf } from "./judgement.ts";
import { compoundNoun, isName, mentionedCompoundAt, type Noun, nounAt } from "./names.ts";
import type { Reader } from "./reader.ts";
import { POSSESSIVES, QUALIFIERS, QUALITIES, SEVERAL, words } from "./vocabulary.ts";
import { domainTables, wellKnownColumns } from "./well-known-tables.ts";

/** Before an owner they change nothing: it is one, and it is given. */
const CERTAIN = words("single specific particular certain given");
const OTHER_QUALITIES = words("new existing registered public old current active");

/** `belongs to [a|an optional] NOUN [as ROLE] [?]`, from the verb. Null (cursor anywhere) when no noun follows. */
export function parseBelongsTo(reader: Reader, brings: boolean): ColumnDraft | null {
  const start = reader.index;
  reader.take("belongs-to", 2);
  return parseOwner(reader, start, brings, false);
}

/** The owner in "belongs to a user": `[article] [optional] NOUN [as ROLE] [?]`. */
export function parseOwner(reader: Reader, start: number, brings: boolean, mayBelong: boolean): ColumnDraft | null {
  reader.accept(POSSESSIVES, "article");
  const optional = mayBelong || reader.accept("optional", "modifier") !== null;
  if (reader.at(words("exactly only just")) && reader.at("one", 1)) reader.take("noise", 2);
  if (reader.at("either")) {
    const suggestion = 'Write "may belong to a user and a project"';
    reader.reportTokens(
      [reader.take("reported")],
      "One or the other is a rule, which the offline model does not write.",
      suggestion,
    );
    reader.accept(POSSESSIVES, "article");
  }
  const some = reader.at(SEVERAL) || reader.at("some") ? nounAt(reader, 1) : null;
  if (some?.plural) {
    const token = reader.take("reported");
    const suggestion = `Write "… and ${spoken(some.name)} are many-to-many"`;
    reader.reportTokens([token], "What belongs to something belongs to one of them.", suggestion);
  }
  reader.accept(CERTAIN, "noise");
  reportQuality(reader);
  const noun = compoundAt(reader) ?? nounAt(reader);
  if (!noun) return null;
  let role: string | null = null;
  const named = noun.count === 1 && !noun.plural ? roleAt(reader) : null;
  if (named) {
    reader.take("role");
    role = named.role;
  }
  if (named && reader.at("as", named.noun.count)) return null; // two roles
  const target = named?.noun ?? noun;
  reader.take("target", target.count);
  if (role === null && reader.at("as") && reader.peek(1) && isName(reader.peek(1)!)) {
    reader.take("role");
    role = reader.take("role").lower;
  }
  const nullable = reader.accept("?", "modifier") !== null || optional;
  const owner = referenceTo(target.name, role, nullable, reader.tokens.slice(start, reader.index), brings);
  if (named) owner.assumed.push(`${owner.column.name}: ${withArticle(spoken(target.name))}, as "${named.role}"`);
  return owner;
}

/** "a new project": not the role that a project has. */
function reportQuality(reader: Reader): void {
  const second = reader.peek(1);
  if (!(reader.at(QUALITIES) || reader.at(OTHER_QUALITIES)) || !second || !isName(second) || second.newline) return;
  const { text } = reader.peek()!;
  const suggestion = `Leave it out, or write "${withArticle(second.lower)} as ${text.toLowerCase()}" if that is its role`;
  const token = reader.take("reported");
  reader.reportTokens([token], `"${text}" does not say which ${second.lower} is meant.`, suggestion);
}

/** "a blog post" where the request has blog posts, or where a blog is a thing of its own: one noun, not a post with a role. */
function compoundAt(reader: Reader): Noun | null {
  const mentioned = mentionedCompoundAt(reader);
  if (mentioned) return mentioned;
  const [first, second] = [reader.peek(), reader.peek(1)];
  if (!first || !second || !isName(first) || !isName(second) || second.newline || isPlural(second.lower)) return null;
  const thing = wellKnownColumns(pluralOf(first.lower)) || domainTables(first.lower);
  return thing ? compoundNoun(`${first.lower}_${second.lower}`) : null;
}

/** "a home team", "a parent category": a role and the noun that it is a role of. */
function roleAt(reader: Reader): { role: string; noun: Noun } | null {
  const [first, second] = [reader.peek(), reader.peek(1)];
  if (!first || !second || !isName(second) || second.newline) return null;
  if (judgementOf(first.lower) && !QUALIFIERS.has(first.lower)) return null; // "a billing address"
  const noun = nounAt(reader, 1);
  return noun && !noun.plural ? { role: first.lower, noun } : null;
}
