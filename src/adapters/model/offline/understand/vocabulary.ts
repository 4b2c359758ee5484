// The closed word lists of the grammar. A word outside them is a name or is reported.
import type { ColumnType } from "../../../../plan/plan.ts";

export function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

export const ARTICLES = words("a an the");
export const EACH = words("a an the each every all my our your");
export const POSSESSIVES = words("a an the its their his her my our your one another");
/** Words that stand for something else, or say how it is meant: never a name. */
const STOP = words(
  "i we you he she it they them these those this both someone somebody anyone anybody everyone everybody nobody everything " +
    "anything nothing something ones most then additionally also etc called out",
);
export const HAVE = words("have has");
export const BELONG = words("belong belongs");
export const SEVERAL = words("many several multiple");
export const RELATIVE = words("that which who");
export const SEPARATORS = words(", and &");
export const SENTENCE_ENDS = words("; . !");
export const OR = words(", or and");
/** Columns that usually are a choice, by their last word. */
export const CHOSEN = words(
  "status state stage phase type kind category level priority size color colour gender sex visibility mode plan tier severity condition",
);

export const TYPES: Readonly<Record<string, ColumnType>> = {
  string: "string",
  text: "text",
  integer: "integer",
  int: "integer",
  bigint: "bigint",
  decimal: "decimal",
  boolean: "boolean",
  bool: "boolean",
  timestamp: "timestamp",
  datetime: "timestamp",
  date: "date",
  enum: "enum",
  email: "email",
  url: "url",
  json: "json",
};
export const TYPE_NAMES =
  "string, text, integer, bigint, decimal, boolean, timestamp, date, enum{…}, email, url, json, string[], references:TABLE";
/** Types that in a sentence stand before the name too ("an integer priority"); the others are names there ("an email"). */
export const LEADING_TYPES = words("string integer int bigint decimal boolean bool timestamp datetime json");
export const UNIQUE = words("unique");
export const NULLABLE = words("optional nullable");
const REQUIRED = words("required mandatory");
export const SEARCHABLE = words("searchable");
export const MODIFIERS = new Set([...UNIQUE, ...NULLABLE, ...REQUIRED, ...SEARCHABLE]);
export const REFERENCES = words("references ref");

/** Words that end a field or a list and so are no names. */
export const KEYWORDS = new Set([
  ...ARTICLES,
  ...EACH,
  ...HAVE,
  ...BELONG,
  ...RELATIVE,
  ...MODIFIERS,
  ...STOP,
  ...words(
    "and or with without to for of between default defaults defaulting many returns return by in on at from is are be as not no may " +
      "can could must should shall optionally per through another cors over above under below more less fewer greater ranging",
  ),
]);

export const TABLE_WORDS = words("table tables resource resources collection collections model models entity entities");

/** Heads of an introduction that say what kind of thing is asked for, and what they become in the project's name. */
export const HEADS: Readonly<Record<string, string>> = {
  api: "api",
  apis: "api",
  backend: "backend",
  "back-end": "backend",
  service: "service",
  microservice: "service",
  server: "server",
  app: "app",
  application: "app",
  system: "system",
  crud: "api",
};
/** Adjectives that change nothing about what is built: all that is built is this. */
export const PLAIN_ADJECTIVES = words("simple small basic little minimal tiny new rest restful json http web crud");
export const REQUEST_VERBS = words("create build make generate write design need want give");
/** "an API that manages tasks", "a backend to track tasks", "an API for managing tasks". */
export const MANAGE = words(
  "manage manages managing track tracks tracking store stores storing keep keeps keeping handle handles handling",
);

export const QUALIFIERS = words(
  "first last middle full display given family company due start end birth release publication published order phone " +
    "telephone mobile serial model account invoice room postal zip unit street house image photo cover website home product " +
    "license registration tracking reference hire arrival departure check-in check-out expiry expiration delivery shipping " +
    "return billing total net gross tax list sale purchase yearly monthly weekly daily nightly hourly page word view like short long " +
    "user job email minimum maximum base",
);
export const QUALIFIED = words(
  "name date time number code address url price amount cost rate fee salary wage rent count title description text notes city year " +
    "month day",
);

/** Adjectives that ask for more than a name says: "a secret email" is not taken for a column of two words. */
export const QUALITIES = words(
  "secret hidden valid invalid strong weak good bad nice big large beautiful correct proper custom automatic generated computed " +
    "multiple several various some few more other different certain any own same random dynamic private blue red cool great best",
);
/** Words that form a name with "of": "number of seats", "date of birth". */
export const OF_NAMES = words("number date place time year country city type kind level amount cost cause unit size");
/** Units behind "in": "a duration in seconds". */
export const UNITS = words(
  "milliseconds seconds minutes hours days weeks months years cents bytes pixels " +
    "millimetres centimetres metres meters kilometres kilometers miles grams kilograms kg litres liters percent",
);

/** Uses of words that may be missing without a difference, inside of a clause that is understood. A mention is a table in a
 * list that a sentence describes as well. */
export const NOISE = words("article noise separator relative connector mention");
