// Constant endpoints: GET /api/ping that returns pong, or {"pong": true}.
import { constantPathProblem } from "../../../../plan/names.ts";
import { valueOf } from "./attribute-values.ts";
import type { Draft } from "./draft.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { RELATIVE, SENTENCE_ENDS, SEPARATORS, words } from "./vocabulary.ts";

const METHODS = words("get post put patch delete head options");
const RETURN = words("return returns returning answer answers answering respond responds responding");

/** `[an] [endpoint|route] METHOD PATH` starts at the cursor. */
export function constantAt(reader: Reader): boolean {
  return reader.at(METHODS, prefixLength(reader)) && reader.peek(prefixLength(reader) + 1)?.kind === "path";
}

function prefixLength(reader: Reader): number {
  let offset = reader.at("a") || reader.at("an") || reader.at("the") ? 1 : 0;
  if (reader.at("endpoint", offset) || reader.at("route", offset)) offset++;
  else offset = 0;
  return offset;
}

/** The endpoint and its answer; `endOfBadSpan` says where an answer that cannot be read ends. */
export function parseConstant(reader: Reader, draft: Draft, endOfBadSpan: (reader: Reader) => number): void {
  const start = reader.index;
  const prefix = prefixLength(reader);
  if (prefix > 0) reader.take("endpoint", prefix);
  const method = reader.take("method");
  const path = reader.take("path");
  const body = parseAnswer(reader);
  if (body === undefined) {
    const end = Math.max(endOfBadSpan(reader), reader.index);
    reader.report(
      start,
      end,
      "The offline model writes endpoints with a constant answer only.",
      'Say what it returns: GET /api/ping that returns {"pong": true}',
    );
    reader.index = end;
    return;
  }
  if (method.lower !== "get") {
    reader.reportTokens([method], "A constant endpoint answers GET.", `Write GET ${path.text}`);
    return;
  }
  const problem = constantPathProblem(path.text);
  if (problem) {
    reader.reportTokens([path], `The path ${problem}.`);
    return;
  }
  if (draft.constants.some((constant) => constant.path === path.text)) {
    reader.reportTokens([path], "The endpoint is there twice.", "Name it once.");
    return;
  }
  const wrapped = typeof body === "string" ? { message: body } : body;
  if (typeof body === "string")
    draft.assumptions.push(`GET ${path.text}: returns ${JSON.stringify(wrapped)}, because every answer is JSON`);
  draft.constants.push({ path: path.text, body: wrapped, tokens: reader.tokens.slice(start, reader.index) });
}

/** What follows "that returns": JSON, a quoted text or one word. Undefined when there is none. */
function parseAnswer(reader: Reader): unknown {
  let offset = reader.at("that") || reader.at("which") ? 1 : 0;
  if (!reader.at(RETURN, offset)) return undefined;
  offset++;
  if (reader.at("with", offset)) offset++;
  const start = reader.peek(offset);
  if (!start) return undefined;
  const take = () => {
    if (reader.at(RELATIVE)) reader.take("relative");
    reader.take("returns", offset - (reader.tokens[reader.index - 1]?.use === "relative" ? 1 : 0));
  };
  if (start.text === "{" || start.text === "[" || start.text === "[]") {
    const json = jsonFrom(reader.request, start);
    if (!json) return undefined;
    take();
    while (!reader.done && reader.peek()!.start < json.end) reader.take("json");
    return json.value;
  }
  if (!["word", "text", "number"].includes(start.kind) || !endsAnswer(reader.peek(offset + 1))) return undefined;
  take();
  const value = valueOf(reader.take("literal"));
  if (start.kind === "number") return Number(value);
  return start.kind === "word" && (value === "true" || value === "false") ? value === "true" : value;
}

/** "that returns the number of users" is no constant. */
function endsAnswer(next: Token | undefined): boolean {
  return !next || next.newline || SEPARATORS.has(next.lower) || SENTENCE_ENDS.has(next.text) || next.lower === "please";
}

/** The shortest balanced text from `start` on that is JSON. */
function jsonFrom(request: string, start: Token): { value: unknown; end: number } | null {
  let depth = 0;
  let quoted = false;
  for (let at = start.start; at < request.length; at++) {
    const character = request[at]!;
    if (quoted) {
      if (character === "\\") at++;
      else if (character === '"') quoted = false;
      continue;
    }
    if (character === '"') quoted = true;
    if (character === "{" || character === "[") depth++;
    if (character === "}" || character === "]") depth--;
    if (depth > 0) continue;
    return parseJson(request.slice(start.start, at + 1), at + 1);
  }
  return null;
}

function parseJson(text: string, end: number): { value: unknown; end: number } | null {
  try {
    return { value: JSON.parse(text), end };
  } catch {
    return null; // not JSON: the caller reports the clause
  }
}
