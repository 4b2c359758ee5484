// What goes wrong with what is only there by request; of the project of options-plan.ts.
import type { Mutation } from "./mutation.ts";

const LIST_BOOKS = "server/api/books/index.get.ts";
const SEARCH = "server/utils/search.ts";

export const options: Mutation[] = [
  {
    name: "search-finds-everything",
    what: "A search answers with every row.",
    check: "endpoints",
    says: /GET \/api\/books .*a search for a word in title .*should not be there/,
    edits: [
      { file: LIST_BOOKS, from: "${contains(searched, q)} and ", to: "${contains(searched, q && undefined)} and " },
    ],
  },
  {
    name: "search-forgets-a-column",
    what: "A search does not look into one of its columns.",
    check: "endpoints",
    says: /GET \/api\/books .*a search for a word in summary .*are missing/,
    edits: [{ file: LIST_BOOKS, from: "coalesce(summary, '')", to: "''" }],
  },
  {
    name: "search-misses-rows-with-nulls",
    what: "A row is not found when another of its columns is empty.",
    check: "endpoints",
    says: /GET \/api\/books .*a search for a word in title .*missing/,
    edits: [{ file: LIST_BOOKS, from: "coalesce(summary, '')", to: "summary" }],
  },
  {
    name: "search-for-any-word",
    what: "A search is content with one of its words.",
    check: "endpoints",
    says: /GET \/api\/books .*two words of which a row has one .*should not be there/,
    edits: [{ file: SEARCH, from: "${q})`", to: '${q.replaceAll(" ", " or ")})`' }],
  },
  {
    name: "search-looks-elsewhere",
    what: "A search looks into a column that nobody has asked for.",
    check: "endpoints",
    says: /GET \/api\/books .*a word in shelf_mark, which is not searched .*should not be there/,
    edits: [{ file: LIST_BOOKS, from: "title || ' '", to: "title || ' ' || shelf_mark || ' '" }],
  },
  {
    name: "search-forgets-filters",
    what: "A search passes over the filters beside it.",
    check: "endpoints",
    says: /GET \/api\/books .*a search with a filter by state .*should not be there/,
    edits: [{ file: LIST_BOOKS, from: "${matches(filters)}", to: "${matches(q ? {} : filters)}" }],
  },
  {
    name: "search-fails-on-signs",
    what: "What a search is given is taken for a query of the database, which fails.",
    check: "endpoints",
    says: /GET \/api\/members .*a search for '.*expected 200, got 500/,
    edits: [{ file: SEARCH, from: "websearch_to_tsquery", to: "to_tsquery" }],
  },
  {
    name: "search-without-an-index",
    what: "Nothing in the database makes a search quick.",
    check: "plan",
    says: /books has no index for the search of the plan/,
    edits: [],
    sql: "drop index books_search_idx",
  },
];
