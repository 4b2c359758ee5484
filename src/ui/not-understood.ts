// The refusal of ux.md: the request with carets under what no rule covers, why, and what to do.
import { TbError } from "../errors.ts";
import type { NotUnderstood } from "../plan/plan.ts";
import { wrap } from "./output.ts";

const EXACT = 'Say it in the exact syntax: tb create "tasks(title:string{200}, done:boolean=false)"';

/** Not parked: nothing was created. */
export function notUnderstoodError(request: string, problems: readonly NotUnderstood[]): TbError {
  const details = problems.flatMap((problem) => [quote(request, problem), ...explain(problem), ""]);
  const whole = problems.length === 1 && problems[0]!.text.trim() === request.trim();
  return new TbError(
    "not_understood",
    `${whole ? "The request" : "Part of the request"} was not understood; nothing was created.`,
    {
      details: details.slice(0, -1),
      suggestion: whole ? EXACT : `${EXACT}\ntb create "…" --partial      build the rest, list this as left out`,
    },
  );
}

function explain({ reason, suggestion }: NotUnderstood): string[] {
  return [...wrap(reason, 76), ...(suggestion ? wrap(suggestion, 76) : [])];
}

const COLUMNS = 76;

/** The span with a caret line below, cut out of a long request so that it fits 80 columns. */
function quote(request: string, { start, end }: NotUnderstood): string {
  const flat = request.replaceAll(/[\r\n\t]/g, " ").replaceAll(/[^\P{C}]/gu, "?");
  const spanEnd = Math.min(end, start + COLUMNS - 2);
  const from =
    flat.length <= COLUMNS ? 0 : Math.max(0, Math.min(start - 20, spanEnd + 2 - COLUMNS > 0 ? start - 20 : 0));
  const cut = flat.slice(from, from + COLUMNS - 2);
  const before = from > 0 ? "…" : "";
  const after = from + cut.length < flat.length ? "…" : "";
  const carets = Math.max(1, Math.min(spanEnd, from + cut.length) - start);
  return `${before}${cut}${after}\n${" ".repeat(before.length + start - from)}${"^".repeat(carets)}`;
}
