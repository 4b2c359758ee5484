// Is a change of one word noticed: by another plan, or by a report?
import { singularOf } from "../../../src/adapters/model/offline/understand/inflect.ts";
import { understand } from "../../../src/adapters/model/offline/understand/understand.ts";

/** The plan without the request's own text: what would be built, as text; null when it is refused. */
export function built(request: string): string | null {
  const answer = understand(request);
  return answer.understood ? JSON.stringify({ ...answer.plan, request: "" }) : null;
}

/** The words of a request with their places. */
export function wordsOf(request: string): { word: string; index: number }[] {
  return [...request.matchAll(/[\p{L}\p{N}_-]+/gu)].map(({ 0: word, index }) => ({ word, index }));
}

export function replaceAt(request: string, start: number, length: number, word: string): string {
  return request.slice(0, start) + word + request.slice(start + length);
}

/** Why `by` in place of the word goes unnoticed, or null: the plan is another one, or a report covers the place, or names
 * what is missed there. */
export function unnoticed(
  request: string,
  { word, index }: { word: string; index: number },
  by: string,
): string | null {
  const changed = replaceAt(request, index, word.length, by);
  const answer = understand(changed);
  if (answer.understood) return built(changed) === built(request) ? `${changed}: the same plan` : null;
  const covered = answer.problems.some(({ start, end }) => start <= index && index < end);
  const missed = answer.problems.some(({ text, reason }) => names(`${text} ${reason}`, word) || reason.includes(by));
  return covered || missed ? null : `${changed}: ${JSON.stringify(answer.problems)}`;
}

/** Does the text have the word, in the singular or the plural? */
function names(text: string, word: string): boolean {
  return wordsOf(text).some((other) => singularOf(other.word.toLowerCase()) === singularOf(word.toLowerCase()));
}
