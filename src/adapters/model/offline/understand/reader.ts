// The token ledger: a cursor over the request that records which rule used each token, and what no rule understood.
import type { NotUnderstood } from "../../../../plan/plan.ts";
import { joinBullets } from "./bullets.ts";
import { judgementIn } from "./judgement.ts";
import { type Token, tokenize } from "./tokens.ts";

export class Reader {
  readonly request: string;
  readonly tokens: Token[];
  readonly problems: NotUnderstood[] = [];
  index = 0;

  constructor(request: string) {
    this.request = request;
    this.tokens = joinBullets(tokenize(request));
  }

  get done(): boolean {
    return this.index >= this.tokens.length;
  }

  peek(offset = 0): Token | undefined {
    return this.tokens[this.index + offset];
  }

  /** Is the token at `offset` one of these (lower case)? */
  at(words: string | ReadonlySet<string>, offset = 0): boolean {
    const lower = this.peek(offset)?.lower;
    return lower !== undefined && (typeof words === "string" ? lower === words : words.has(lower));
  }

  /** Do the next tokens read exactly like this? */
  atAll(...words: string[]): boolean {
    return words.every((word, offset) => this.at(word, offset));
  }

  atWord(offset = 0): boolean {
    return this.peek(offset)?.kind === "word";
  }

  /** A closing "please" stands at `offset`. */
  atPlease(offset = 0): boolean {
    return this.at("please", offset) && this.index + offset === this.tokens.length - 1;
  }

  /** Uses the next `count` tokens for `use` and returns the first. */
  take(use: string, count = 1): Token {
    const first = this.peek();
    if (!first) throw new Error("read past the end of the request");
    for (const token of this.tokens.slice(this.index, this.index + count)) token.use = use;
    this.index += count;
    return first;
  }

  /** Uses the next token when it is one of `words`. */
  accept(words: string | ReadonlySet<string>, use: string): Token | null {
    return this.at(words) ? this.take(use) : null;
  }

  /** Gives the tokens from `index` on back. */
  rewind(index: number): void {
    for (const token of this.tokens.slice(index, this.index)) token.use = null;
    this.index = index;
  }

  /** Reports tokens [from, to); a word in them that needs judgement says more than `reason` does. */
  report(from: number, to: number, reason: string, suggestion: string | null = null): void {
    const tokens = this.tokens.slice(from, to);
    const judgement = judgementIn(tokens);
    this.reportExactly(from, to, judgement?.reason ?? reason, judgement ? judgement.suggestion : suggestion);
  }

  /** Reports tokens [from, to) for just this reason. */
  reportExactly(from: number, to: number, reason: string, suggestion: string | null = null): void {
    // Where something is missing at the end, the last word before the gap is quoted.
    const tokens = from < this.tokens.length ? this.tokens.slice(from, to) : this.tokens.slice(-1);
    for (const token of tokens) token.use = "reported";
    const start = tokens[0]?.start ?? this.request.length;
    const end = tokens.at(-1)?.end ?? this.request.length;
    this.problems.push({ start, end, text: this.request.slice(start, end), reason, suggestion });
  }

  /** Reports tokens that a rule used but that cannot stand. */
  reportTokens(tokens: readonly Token[], reason: string, suggestion: string | null = null): void {
    const from = this.tokens.indexOf(tokens[0]!);
    this.reportExactly(from, this.tokens.indexOf(tokens.at(-1)!) + 1, reason, suggestion);
  }
}
