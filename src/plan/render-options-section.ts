// The part of a project's README about what is only there by request.
import { accountTable } from "./accounts.ts";
import { kebabCase } from "./names.ts";
import type { Operation, Plan, Table } from "./plan.ts";

/** Markdown: a paragraph for each option of the plan; nothing without any. */
export function renderOptionsSection(plan: Plan): string {
  return [
    ...accounts(plan),
    ...searching(plan),
    ...togetherOnce(plan),
    ...softDeletion(plan),
    ...deletingAll(plan),
    ...webPages(plan),
    ...urls(plan),
  ]
    .map((paragraph) => `\n\n${paragraph}`)
    .join("");
}

function accounts({ tables }: Plan): string[] {
  const table = accountTable(tables);
  if (!table) return [];
  const owned = tables.filter(({ owner }) => owner !== undefined);
  const shared = tables.filter((one) => one !== table && one.owner === undefined);
  const unique = owned.filter(({ columns, uniqueTogether }) => uniqueTogether || columns.some((one) => one.unique));
  return [
    `Whoever signs up (\`POST /api/${kebabCase(table.name)}\`, with an e-mail address and a password) and logs in (\`POST /api/login\`) has a token for 30 days, sent as \`Authorization: Bearer …\`. Without one every endpoint that is not public answers 401. An account sees itself only; deleting it deletes all that belongs to it. Passwords are kept as scrypt hashes and tokens as SHA-256 hashes, in tables of their own.`,
    ...(owned.length > 0
      ? [
          `Rows of ${listed(owned.map(({ name }) => name))} belong to the account that made them (${listed([...new Set(owned.map(({ owner }) => owner!))])}): for all others they are not there (404), and foreign keys keep references within one account.${unique.length > 0 ? " What is unique is so for each account." : ""}`,
        ]
      : []),
    ...(shared.length > 0
      ? [
          `Rows of ${listed(shared.map(({ name }) => name))} are everybody's who has logged in, to read and to change; one that a row of somebody refers to stays (409).`,
        ]
      : []),
    "Nothing limits how often somebody tries to log in, and nobody is asked whether an e-mail address is theirs: put a gateway that does in front of it before strangers can reach it.",
  ];
}

function searching(plan: Plan): string[] {
  const lines = plan.tables.flatMap((table) => {
    const path = pathOf(plan, table, "list");
    return table.search && path ? [`- \`GET ${path}?q=…\` looks into ${listed(table.search)}`] : [];
  });
  if (lines.length === 0) return [];
  return [
    `A search finds the rows that have all words of \`q\`, whatever their case, in one or several of the columns:\n\n${lines.join("\n")}`,
    '`"…"` asks for words next to each other, `or` for one of two, `-` for rows without a word. Words are whole, and the same in any language: nothing is stemmed.',
  ];
}

function togetherOnce({ tables }: Plan): string[] {
  return tables.flatMap(({ name, uniqueTogether }) =>
    uniqueTogether ? [`Two of the \`${name}\` never have the same ${listed(uniqueTogether)} (409).`] : [],
  );
}

function softDeletion({ tables }: Plan): string[] {
  const kept = tables.filter(({ softDelete }) => softDelete).map(({ name }) => name);
  if (kept.length === 0) return [];
  return [
    `Deleted rows of ${listed(kept)} stay in the table, with the time in \`deleted_at\`, and the API no longer sees them: they are in no list, cannot be read, changed or referred to, and their unique values are free again. What refers to a row keeps it from being deleted (409) until that is deleted too; an optional reference becomes null.`,
  ];
}

function deletingAll({ endpoints }: Plan): string[] {
  const paths = endpoints
    .filter(({ operation }) => operation.kind === "delete-all")
    .map(({ path }) => `DELETE ${path}`);
  if (paths.length === 0) return [];
  return [
    `${listed(paths)} without a query deletes **all** rows; with the filters of the list (\`?status=open\`) those that match. It is all or nothing: nothing is deleted when one of the rows is still in use (409), or the query names a parameter that there is not (400).`,
  ];
}

function webPages({ cors = [] }: Plan): string[] {
  if (cors.length === 0) return [];
  return [
    `Web pages of ${listed(cors)} may use the API (CORS, \`server/middleware/web-origins.ts\`), without cookies. Browsers show its answers to no other.`,
  ];
}

function urls({ tables }: Plan): string[] {
  const shown = tables.filter(({ url }) => url).map(({ name }) => name);
  if (shown.length === 0) return [];
  return [
    `Rows of ${listed(shown)} have an absolute \`url\`. Set \`PUBLIC_URL\` (\`https://api.example.com\`) wherever others use the API: without it the url names the host that the request itself names, which whoever asks can choose; headers of proxies (\`X-Forwarded-Host\`) are not believed.`,
  ];
}

function pathOf(plan: Plan, table: Table, kind: Operation["kind"]): string | undefined {
  return plan.endpoints.find(
    ({ operation }) => operation.kind === kind && "table" in operation && operation.table === table.name,
  )?.path;
}

/** "`a`, `b` and `c`" */
function listed(names: string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length > 1 ? `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)!}` : quoted.join("");
}
