// The request as tokens with their offsets (UTF-16 code units). Nothing but white space falls between two tokens.

type TokenKind = "word" | "number" | "date" | "text" | "path" | "symbol";

export interface Token {
  kind: TokenKind;
  /** As it is written; a number without the commas of its thousands. */
  text: string;
  /** The text in lower case; "e-mail" as "email". */
  lower: string;
  start: number;
  end: number;
  /** A line break stands before the token. */
  newline: boolean;
  /** What the token means to the rule that used it; null while no rule did. */
  use: string | null;
}

const PATTERNS: [TokenKind, RegExp][] = [
  ["text", /"[^"\n]*"/y],
  ["word", /\p{L}[\p{L}\p{M}\p{N}_]*(?:['’-][\p{L}\p{N}_]+)*/uy],
  ["text", /'[^'\n]*'/y],
  ["path", /\/(?:[^\s,;"'()<>]*[^\s,;"'()<>.!?:])?/y],
  ["date", /\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}])/uy],
  // "1,000": not "{1,200}", which is two numbers, and not "0,500"
  ["number", /(?<=[\s(]|\d(?=-))-?[1-9]\d{0,2}(?:,\d{3})+(?![\d{}\p{L}]|,\d)/uy],
  ["number", /-?\d+(?:\.\d+)?/y],
  ["symbol", />=|<=|\[\]/y],
  ["symbol", /[^]/uy],
];

/** All tokens of the request, in order. */
export function tokenize(request: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let newline = false;
  while (at < request.length) {
    const space = /^\s/.test(request[at]!);
    if (space) {
      newline ||= request[at] === "\n";
      at++;
      continue;
    }
    const token = tokenAt(request, at, newline);
    tokens.push(token);
    at = token.end;
    newline = false;
  }
  return tokens;
}

function lowerOf(text: string): string {
  const lower = text.toLowerCase();
  return lower === "e-mail" ? "email" : lower; // both are the word
}

function tokenAt(request: string, start: number, newline: boolean): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const found = pattern.exec(request)?.[0];
    const text = kind === "number" ? found?.replaceAll(",", "") : found;
    if (found && text)
      return { kind, text, lower: lowerOf(text), start, end: start + found.length, newline, use: null };
  }
  throw new Error(`no token at ${start}`); // unreachable: the last pattern takes any character
}
