// "CORS for https://app.example.com and http://localhost:5173"
import { originProblem } from "../../../../plan/names.ts";
import { valueOf } from "./attribute-values.ts";
import type { Draft } from "./draft.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { SEPARATORS, words } from "./vocabulary.ts";

const FOR = words("for from");
const WRITE = 'Write "CORS for https://app.example.com"';

/** `CORS for ORIGIN {, ORIGIN}` starts at `offset`; `cors:boolean` is a column. */
export function corsAt(reader: Reader, offset = 0): boolean {
  return reader.at("cors", offset) && !/^[:?=]$/.test(reader.peek(offset + 1)?.text ?? "");
}

/** From "CORS", which the caller saw. */
export function parseCors(reader: Reader, draft: Draft): void {
  const cors = reader.take("cors");
  const before = reader.accept(FOR, "cors");
  if (!before || originLength(reader, 0) === 0) {
    const next =
      before && reader.at("*") ? [cors, before, reader.take("reported")] : [cors, ...(before ? [before] : [])];
    reader.reportTokens(next, "CORS is allowed to origins that are named, never to all.", WRITE);
    return;
  }
  for (;;) {
    addOrigin(reader, draft, takeOrigin(reader));
    let next = 0;
    while (reader.at(SEPARATORS, next)) next++;
    if (next === 0 || originLength(reader, next) === 0) return;
    reader.take("separator", next);
  }
}

/** How many tokens from `offset` are an address: "…" in quotes, or `https`, `:`, `//host`. */
function originLength(reader: Reader, offset: number): number {
  const [first, colon, rest] = [reader.peek(offset), reader.peek(offset + 1), reader.peek(offset + 2)];
  if (first?.kind === "text") return 1;
  const address = first?.kind === "word" && colon?.text === ":" && rest?.kind === "path";
  return address && first.end === colon.start && colon.end === rest.start ? 3 : 0;
}

function takeOrigin(reader: Reader): Token[] {
  const start = reader.index;
  reader.take("origin", originLength(reader, 0));
  return reader.tokens.slice(start, reader.index);
}

function addOrigin(reader: Reader, draft: Draft, tokens: Token[]): void {
  const [first] = tokens;
  const origin = first?.kind === "text" ? valueOf(first) : tokens.map(({ text }) => text).join("");
  const problem = originProblem(origin);
  const better = URL.canParse(origin) ? new URL(origin).origin : "";
  if (problem)
    reader.reportTokens(tokens, `The origin ${problem}.`, better && !originProblem(better) ? `Write ${better}` : WRITE);
  else if (draft.cors.includes(origin)) reader.reportTokens(tokens, "The origin is there twice.", "Name it once.");
  else draft.cors.push(origin);
}
