// What goes wrong with what is only there by request; of the project of options-plan.ts.
import type { Mutation } from "./mutation.ts";

const LIST_BOOKS = "server/api/books/index.get.ts";
const DELETE_BOOK = "server/api/books/[id].delete.ts";
const DELETE_BOOKS = "server/api/books/index.delete.ts";
const CORS = "server/middleware/web-origins.ts";
const URLS = "server/utils/public-url.ts";
const SEARCH = "server/utils/search.ts";

export const options: Mutation[] = [
  {
    name: "link-not-unique",
    what: "The database takes the same link twice.",
    check: "plan",
    says: /favorites: member_id and book_id are unique together in the plan, but not in the database/,
    edits: [],
    sql: "drop index favorites_member_id_book_id_key",
  },
  {
    name: "link-made-again",
    what: "The same link a second time is answered as if it were new.",
    check: "endpoints",
    says: /POST \/api\/favorites .*a second favorite with the same member_id and book_id/,
    edits: [
      {
        file: "server/api/favorites/index.post.ts",
        from: /returning \*/,
        to: "on conflict (member_id, book_id) do update set updated_at = excluded.updated_at returning *",
      },
    ],
  },
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
  {
    name: "soft-delete-removes-the-row",
    what: "A row that should stay in its table is removed.",
    check: "endpoints",
    says: /DELETE \/api\/books\/\{id\} .*the row has gone from the table, and the plan keeps it/,
    edits: [{ file: DELETE_BOOK, from: /update books\n\s+set deleted_at = .*\n/, to: "delete from books\n" }],
  },
  {
    name: "soft-delete-without-its-time",
    what: "A deleted row does not say when that was.",
    check: "endpoints",
    says: /DELETE \/api\/books\/\{id\} .*deleted_at should be now in unix seconds, and is 1\./,
    edits: [{ file: DELETE_BOOK, from: "extract(epoch from now())::bigint", to: "1" }],
  },
  {
    name: "soft-deleted-row-is-read",
    what: "GET shows a row that was deleted.",
    check: "endpoints",
    says: /GET \/api\/books\/\{id\} .*a book that was deleted: expected 404, got 200/,
    edits: [{ file: "server/api/books/[id].get.ts", from: "deleted_at is null and ", to: "" }],
  },
  {
    name: "soft-deleted-row-is-listed",
    what: "A list shows rows that were deleted.",
    check: "endpoints",
    says: /GET \/api\/books .*a book that was deleted is still on a page/,
    edits: [{ file: LIST_BOOKS, from: "deleted_at is null and ", to: "" }],
  },
  {
    name: "soft-deleted-row-is-listed-below-its-parent",
    what: "The list below a row shows rows that were deleted.",
    check: "endpoints",
    says: /GET \/api\/members\/\{id\}\/books .*a book that was deleted is still on a page/,
    edits: [
      {
        file: "server/api/members/[id]/books.get.ts",
        from: "deleted_at is null and member_id",
        to: "member_id",
      },
    ],
  },
  {
    name: "soft-deleted-row-is-changed",
    what: "A row that was deleted can be changed.",
    check: "endpoints",
    says: /PATCH \/api\/books\/\{id\} .*a book that was deleted: expected 404, got 200/,
    edits: [{ file: "server/api/books/[id].patch.ts", from: "deleted_at is null and ", to: "" }],
  },
  {
    name: "soft-deleted-row-is-deleted-again",
    what: "A row that was deleted is deleted once more.",
    check: "endpoints",
    says: /DELETE \/api\/books\/\{id\} .*the same book again: expected 404, got 204/,
    edits: [{ file: DELETE_BOOK, from: "deleted_at is null and id =", to: "id =" }],
  },
  {
    name: "soft-deleted-row-has-a-list",
    what: "There is a list below a row that was deleted.",
    check: "endpoints",
    says: /GET \/api\/members\/\{id\}\/books .*the list below a member that was deleted: expected 404, got 200/,
    edits: [
      {
        file: "server/api/members/[id]/books.get.ts",
        from: "from members where deleted_at is null and",
        to: "from members where",
      },
    ],
  },
  {
    name: "soft-deleted-row-keeps-references",
    what: "Optional references to a deleted row are not given up.",
    check: "endpoints",
    says: /DELETE \/api\/members\/\{id\} .*expected 204, got 409/,
    edits: [
      {
        file: "server/api/members/[id].delete.ts",
        from: "set reader_id = case when",
        to: "set reader_id = case when false and",
      },
    ],
  },
  {
    name: "soft-deleted-row-keeps-its-value",
    what: "The unique value of a deleted row stays taken.",
    check: "endpoints",
    says: /POST \/api\/members .*a member with the email of one that was deleted: expected 201, got 409/,
    edits: [],
    sql: "drop index members_email_key; create unique index members_email_key on members (lower(email))",
  },
  {
    name: "soft-deleted-row-is-referred-to",
    what: "A new row may refer to one that was deleted.",
    check: "endpoints",
    says: /POST \/api\/books .*a book whose (?:member|reader|donor)_id was deleted: expected 409, got 201/,
    edits: [],
    sql: "alter table books drop constraint books_member_id_not_deleted_fkey, drop constraint books_reader_id_not_deleted_fkey",
  },
  {
    name: "soft-delete-without-its-key",
    what: "The database lets rows refer to deleted ones.",
    check: "plan",
    says: /notes\.book_id may refer to deleted books: no foreign key is on \(book_id,not_deleted\)/,
    edits: [],
    sql: "alter table notes drop constraint notes_book_id_not_deleted_fkey",
  },
  {
    name: "delete-all-ignores-filters",
    what: "DELETE of a collection deletes more than the filters match.",
    check: "endpoints",
    says: /DELETE \/api\/books .*books that match state=.*others have gone as well/,
    edits: [{ file: DELETE_BOOKS, from: "${matches(filters)} and ", to: "${matches(filters) && sql`true`} and " }],
  },
  {
    name: "delete-all-deletes-for-a-wrong-query",
    what: "A misspelt filter deletes everything.",
    check: "endpoints",
    says: /DELETE \/api\/notes .*the query limit=1: expected 400 or 422, got 204/,
    edits: [{ file: "server/api/notes/index.delete.ts", from: "z.strictObject(", to: "z.object(" }],
  },
  {
    name: "delete-all-for-an-empty-search",
    what: "A search for nothing deletes everything.",
    check: "endpoints",
    says: /DELETE \/api\/books .*the query q=: expected 400 or 422, got (?:204|409)/,
    edits: [{ file: DELETE_BOOKS, from: "z.string().min(1).max(200)", to: "z.string().max(200)" }],
    regenerate: true,
  },
  {
    name: "delete-all-leaves-rows",
    what: "DELETE of a collection leaves some rows.",
    check: "endpoints",
    says: /DELETE \/api\/notes .*all notes: \d+ are still there/,
    edits: [
      {
        file: "server/api/notes/index.delete.ts",
        from: "where ${matches(query)}",
        to: "where ${matches(query)} and id in (select id from notes order by created_at limit 3)",
      },
    ],
  },
  {
    name: "delete-all-takes-others-along",
    what: "DELETE of a collection deletes the rows that refer to it.",
    check: "endpoints",
    says: /DELETE \/api\/books .*one of which a row of notes refers to changed the rows of notes/,
    edits: [
      {
        file: DELETE_BOOKS,
        from: "await many(sql`",
        to: "await many(sql`delete from notes`);\n    await many(sql`",
      },
    ],
  },
  {
    name: "delete-all-removes-kept-rows",
    what: "DELETE of a collection removes rows that should stay in their table.",
    check: "endpoints",
    says: /DELETE \/api\/books .*they have gone from the table, and the plan keeps deleted rows/,
    edits: [{ file: DELETE_BOOKS, from: /update books\n\s+set deleted_at = .*\n/, to: "delete from books\n" }],
  },
  {
    name: "delete-all-is-missing",
    what: "The deletion of a collection was left out.",
    check: "plan",
    says: /DELETE \/api\/books .*is in the plan .*, but there is no route file/,
    edits: [{ file: DELETE_BOOKS, removed: true }],
    regenerate: true,
  },
  {
    name: "cors-for-everyone",
    what: "Every web page may use the API.",
    check: "endpoints",
    says: /GET \/api\/health .*the header access-control-allow-origin must be "https:\/\/app.example.com", and is "\*"/,
    edits: [{ file: CORS, from: "origin: origins", to: 'origin: origins.length > 0 ? "*" : origins' }],
  },
  {
    name: "cors-for-whoever-asks",
    what: "The origin of a request is allowed, whatever it is.",
    check: "endpoints",
    says: /a web page of https:\/\/example.net, which nobody has named: the header access-control-allow-origin must not be there/,
    edits: [{ file: CORS, from: "origin: origins", to: "origin: (origin) => origins.length > 0 && origin.length > 0" }],
  },
  {
    name: "cors-for-what-begins-alike",
    what: "An origin is allowed that only begins like the one that may.",
    check: "endpoints",
    says: /a web page of https:\/\/app.example.com.example.net, which nobody has named/,
    edits: [
      {
        file: CORS,
        from: "origin: origins",
        to: "origin: (origin) => origins.some((one) => origin.startsWith(one))",
      },
    ],
  },
  {
    name: "cors-not-on-errors",
    what: "A web page cannot read why a request has failed.",
    check: "endpoints",
    says: /a request of a web page of https:\/\/app.example.com, which fails: the header access-control-allow-origin must be/,
    edits: [
      {
        file: "server/error.ts",
        from: ", ...(event as H3Event).res.errHeaders",
        to: ", ...Object.entries((event as H3Event).context ? {} : {})",
      },
    ],
  },
  {
    name: "cors-forgets-a-method",
    what: "A web page may not delete.",
    check: "endpoints",
    says: /DELETE \/api\/members\/\{id\} .*the header access-control-allow-methods does not name DELETE/,
    edits: [{ file: CORS, from: ', "DELETE"]', to: "]" }],
  },
  {
    name: "cors-without-vary",
    what: "A cache may give one web page's answer to another.",
    check: "endpoints",
    says: /the header Vary does not name Origin/,
    edits: [
      {
        file: CORS,
        from: "  return preflight || undefined;",
        to: '  event.res.headers.delete("vary");\n  return preflight || undefined;',
      },
    ],
  },
  {
    name: "url-relative",
    what: "The url of a row has no host.",
    check: "endpoints",
    says: /(?:GET|POST) \/api\/members.*url should be http/,
    edits: [
      { file: URLS, from: "${publicUrl(event) + path}", to: "${publicUrl(event).slice(0, 0) + path}" },
      { file: "server/schemas/member.ts", from: "url: z.url()", to: "url: z.string()" },
      { file: "server/schemas/book.ts", from: "url: z.url()", to: "url: z.string()" },
    ],
    regenerate: true,
  },
  {
    name: "url-of-another-host",
    what: "The url of a row always names one host.",
    check: "endpoints",
    says: /a member at the host shop.example.com:8443: url should be http:\/\/shop.example.com:8443/,
    edits: [{ file: URLS, from: 'event.req.headers.get("host") ?? "localhost"', to: '"localhost"' }],
  },
  {
    name: "url-believes-forwarded-hosts",
    what: "Whoever asks decides about the host by a header of proxies.",
    check: "endpoints",
    says: /a request that says it was forwarded: url should be http:\/\/api.example.com/,
    edits: [
      {
        file: URLS,
        from: 'event.req.headers.get("host")',
        to: 'event.req.headers.get("x-forwarded-host") ?? event.req.headers.get("host")',
      },
    ],
  },
  {
    name: "url-takes-any-host",
    what: "What is no host becomes part of the url.",
    check: "endpoints",
    says: /a member at the host .*(?:url should be|expected 200 or 400 or 421, got 500)/,
    edits: [{ file: URLS, from: "if (!HOST.test(host))", to: "if (!HOST.test(host) && host.length > 300)" }],
  },
  {
    name: "url-leads-elsewhere",
    what: "The url of a row is not where it is read.",
    check: "endpoints",
    says: /GET \/api\/books .*an item of the list: url should be/,
    edits: [{ file: LIST_BOOKS, from: 'urlBelow(event, "/api/books")', to: 'urlBelow(event, "/api/members")' }],
  },
];
