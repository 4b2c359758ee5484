// server/utils/search.ts, for projects whose lists can be searched.

export function renderSearch(): string {
  return `import { type Fragment, sql } from "./sql.ts";

/** Rows that have all words of \`q\` in what is searched, whatever their case; it may say "these next to each other", or and
 * -without. Every row when nothing is asked for. */
export function contains(searched: Fragment, q: string | undefined): Fragment {
  return q ? sql\`\${searched} @@ websearch_to_tsquery('simple', \${q})\` : sql\`true\`;
}
`;
}
