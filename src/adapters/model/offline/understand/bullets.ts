// Bullets under a line that ends with a colon are the list that it begins: "Users:\n- name\n- email".
import type { Token } from "./tokens.ts";
import { MODIFIERS, TABLE_WORDS, words } from "./vocabulary.ts";

const BULLETS = words("- * •");
const BEFORE_LIST = words("with having");

/** The tokens with such bullets as commas. What only announces bullets with columns of their own goes ("with:", "Tables:" before
 * "- books: title, price"), and these stay sentences. */
export function joinBullets(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at]!;
    const starts = token.text === ":" ? bulletsAfter(tokens, at + 1) : [];
    const end = starts.length === 0 ? at + 1 : endOfLine(tokens, starts.at(-1)! + 1);
    const own = tokens.slice(at + 1, end).some(({ text }) => text === ":");
    const before = joined.at(-1)?.lower ?? "";
    if (starts.length > 0 && own && (BEFORE_LIST.has(before) || TABLE_WORDS.has(before))) {
      joined.pop();
      at += 1;
    } else if (starts.length > 0) {
      joined.push(token);
      for (const start of starts) {
        if (start !== starts[0]) joined.push({ ...tokens[start]!, text: ",", lower: ",", newline: false });
        const line = tokens.slice(start + 1, endOfLine(tokens, start + 1));
        for (const [n, word] of line.entries()) {
          if (word.text === "," && endsWithModifier(line, n + 1)) continue; // "age: integer, optional"
          const next = word.text === ":" ? line[n + 1] : undefined; // "name: string" is "name:string"
          joined.push({ ...word, ...(n === 0 && { newline: false }), ...(next && { end: next.start }) });
        }
      }
      at = end;
    } else {
      joined.push(token);
      at += 1;
    }
  }
  return joined;
}

/** "optional" before a comma or the end of the line, and not "optional email" */
function endsWithModifier(line: readonly Token[], at: number): boolean {
  const next = line[at + 1];
  return line[at] !== undefined && MODIFIERS.has(line[at].lower) && (next === undefined || next.text === ",");
}

/** The places of the bullets of the lines from `at` on; none when the first one has none. */
function bulletsAfter(tokens: readonly Token[], at: number): number[] {
  const starts: number[] = [];
  for (let start = at; tokens[start]?.newline && BULLETS.has(tokens[start]!.text);) {
    starts.push(start);
    start = endOfLine(tokens, start + 1);
  }
  return starts;
}

function endOfLine(tokens: readonly Token[], from: number): number {
  let end = from;
  while (tokens[end] && !tokens[end]!.newline) end++;
  return end;
}
