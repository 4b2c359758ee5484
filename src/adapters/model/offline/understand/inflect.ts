// Plural and singular of English nouns, for names of tables: small rules and the exceptions that occur in them.

const IRREGULAR: [singular: string, plural: string][] = [
  ["person", "people"],
  ["child", "children"],
  ["man", "men"],
  ["woman", "women"],
  ["foot", "feet"],
  ["tooth", "teeth"],
  ["goose", "geese"],
  ["mouse", "mice"],
  ["criterion", "criteria"],
  ["phenomenon", "phenomena"],
  ["medium", "media"],
  ["curriculum", "curricula"],
  ["index", "indices"],
  ["matrix", "matrices"],
  ["vertex", "vertices"],
  ["appendix", "appendices"],
  ["analysis", "analyses"],
  ["crisis", "crises"],
  ["diagnosis", "diagnoses"],
  ["thesis", "theses"],
  ["hypothesis", "hypotheses"],
  ["axis", "axes"],
  ["quiz", "quizzes"],
  ["knife", "knives"],
  ["life", "lives"],
  ["wife", "wives"],
  ["leaf", "leaves"],
  ["shelf", "shelves"],
  ["half", "halves"],
  ["wolf", "wolves"],
  ["loaf", "loaves"],
  ["thief", "thieves"],
  ["calf", "calves"],
  ["scarf", "scarves"],
  ["hero", "heroes"],
  ["potato", "potatoes"],
  ["tomato", "tomatoes"],
  ["echo", "echoes"],
  ["veto", "vetoes"],
  ["cargo", "cargoes"],
  ["gas", "gases"],
  ["lens", "lenses"],
  ["atlas", "atlases"],
  ["canvas", "canvases"],
  ["alias", "aliases"],
  ["bias", "biases"],
  ["bus", "buses"],
  ["menu", "menus"],
  ["guru", "gurus"],
  ["ox", "oxen"],
  ["cactus", "cacti"],
  ["nucleus", "nuclei"],
  ["radius", "radii"],
  ["syllabus", "syllabi"],
  ["larva", "larvae"],
  ["elf", "elves"],
  ["mango", "mangoes"],
  ["volcano", "volcanoes"],
  ["wiki", "wikis"],
  ["emoji", "emojis"],
  ["taxi", "taxis"],
  ["kpi", "kpis"],
  ["oasis", "oases"],
  ["muse", "muses"],
  ["base", "bases"],
];
const PLURALS = new Map(IRREGULAR);
const SINGULARS = new Map(IRREGULAR.map(([singular, plural]) => [plural, singular]));

/** Nouns that are their own plural. */
const UNCOUNTABLE = new Set(
  (
    "equipment staff inventory news series species information software hardware furniture money feedback sheep fish deer " +
    "aircraft luggage baggage music data metadata alumni health homework knowledge mail merchandise research traffic content"
  ).split(" "),
);
/** Ends in -ies, singular in -ie. */
const IE = new Set(
  "movies cookies zombies ties pies calories selfies brownies rookies prairies birdies hoodies smoothies foodies newbies".split(
    " ",
  ),
);
/** Ends in -ches or -shes, singular in -e. */
const CHE = new Set("caches niches aches headaches toothaches avalanches".split(" "));
/** Ends in -ss or the like and is a singular; -us and -is words are singular by rule. */
const SINGULAR_ENDING = /(?:ss|us|is)$/;

/** `categories` -> `category`; the last word of a snake_case name. A singular stays as it is. */
export function singularOf(name: string): string {
  const [head, word] = lastWord(name);
  return head + singularWord(word);
}

/** `category` -> `categories`; the last word of a snake_case name. */
export function pluralOf(name: string): string {
  const [head, word] = lastWord(name);
  return head + pluralWord(word);
}

/** Is the name a plural, or a noun without one? */
export function isPlural(name: string): boolean {
  const [, word] = lastWord(name);
  return UNCOUNTABLE.has(word) || singularWord(word) !== word;
}

function lastWord(name: string): [head: string, word: string] {
  const cut = name.lastIndexOf("_") + 1;
  return [name.slice(0, cut), name.slice(cut)];
}

function singularWord(word: string): string {
  const irregular = SINGULARS.get(word) ?? compoundOf(word, SINGULARS);
  if (irregular) return irregular;
  if (UNCOUNTABLE.has(word) || PLURALS.has(word) || word.length < 3 || !word.endsWith("s")) return word;
  if (SINGULAR_ENDING.test(word)) return word;
  if (word.endsWith("ies")) return IE.has(word) || word.length < 5 ? word.slice(0, -1) : `${word.slice(0, -3)}y`;
  if (/(?:us|ss|sh|ch|x|zz)es$/.test(word)) {
    if (CHE.has(word)) return word.slice(0, -1);
    // "causes", "houses", "excuses": the e belongs to the word, unlike that of "statuses".
    return word.slice(0, /(?:[aeo]us|^us|excus|fus|abus)es$/.test(word) ? -1 : -2);
  }
  return word.slice(0, -1);
}

/** "policemen", "grandchildren" */
function compoundOf(word: string, forms: ReadonlyMap<string, string>): string | undefined {
  const [, head, end] = /^(.{3,})(man|men|woman|women|child|children)$/.exec(word) ?? [];
  // "specimen" and "regimen" are no men
  return end && !/^(?:speci|regi|hu|ger|ro|sha|talis|otto)$/.test(head!)
    ? `${head}${forms.get(end) ?? end}`
    : undefined;
}

function pluralWord(word: string): string {
  const irregular = PLURALS.get(word) ?? compoundOf(word, PLURALS);
  if (irregular) return irregular;
  if (UNCOUNTABLE.has(word) || SINGULARS.has(word)) return word;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return `${word}s`;
}
