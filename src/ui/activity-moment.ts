// Times as people type them after --since and --until: "today", "14:02", "2h", "2026-11-26".
import { TbError } from "../errors.ts";

/** From its beginning to its end, both Unix seconds, the end not included. A moment has no length. */
export interface Span {
  begin: number;
  end: number;
}

export const ACCEPTED_TIMES = 'today, yesterday, now, 90s, 30m, 2h, 3d, 1w, 14:02, 2026-11-26, "2026-11-26 14:02"';

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Unix seconds from the first on and before the second; null where none was given. With `open` the period must not be over.
 * Throws TbError "usage". */
export function parsePeriod(
  typed: { since?: string | undefined; until?: string | undefined },
  { open, now = new Date() }: { open: boolean; now?: Date },
): { since: number | null; until: number | null } {
  const since = typed.since === undefined ? null : parseTime("--since", typed.since, now).begin;
  const until = typed.until === undefined ? null : parseTime("--until", typed.until, now).end;
  if (since !== null && until !== null && since >= until) {
    throw new TbError("usage", `--since ${typed.since} is not before --until ${typed.until}.`);
  }
  if (open && until !== null && until <= now.getTime() / 1000) {
    throw new TbError("usage", `--until ${typed.until} is over, so there is nothing to follow.`, {
      suggestion: "Leave --until or --follow out.",
    });
  }
  return { since, until };
}

/** A day is a whole day of local time; a time without a zone is local too. Throws TbError "usage" that names `flag`. */
export function parseTime(flag: string, text: string, now = new Date()): Span {
  const typed = text.trim().toLowerCase();
  const found = named(typed, now) ?? ago(typed, now) ?? date(typed);
  if (found) return found;
  throw new TbError("usage", `${flag} does not understand the time "${text}".`, {
    suggestion: `It takes one of these forms: ${ACCEPTED_TIMES}; or 2026-11-26T14:02:00Z.`,
  });
}

function named(typed: string, now: Date): Span | undefined {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  if (typed === "now") return moment(now.getTime());
  if (typed === "today") return wholeDay(year, month, day);
  if (typed === "yesterday") return wholeDay(year, month, day - 1);
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(typed) ?? [];
  return hour && minute ? moment(new Date(year, month, day, Number(hour), Number(minute)).getTime()) : undefined;
}

function ago(typed: string, now: Date): Span | undefined {
  const [, count, unit] = /^(\d{1,6})\s*([smhdw])(?:\s+ago)?$/.exec(typed) ?? [];
  return count && unit ? moment(now.getTime() - Number(count) * SECONDS[unit]! * 1000) : undefined;
}

function date(typed: string): Span | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:[t ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(z|[+-]\d\d:?\d\d)?)?$/.exec(typed);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exists = year >= 1970 && utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59) return undefined;
  if (parts[4] === undefined) return wholeDay(year, month - 1, day);
  const zone = parts[7];
  if (zone === undefined) return moment(new Date(year, month - 1, day, hour, minute, second).getTime());
  const ahead = minutesAhead(zone);
  return Math.abs(ahead) > 18 * 60 ? undefined : moment(utc.getTime() - ahead * 60_000);
}

/** Of "+05:30", "-0800" or "z". */
function minutesAhead(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

function wholeDay(year: number, month: number, day: number): Span {
  return {
    begin: seconds(new Date(year, month, day).getTime()),
    end: seconds(new Date(year, month, day + 1).getTime()),
  };
}

/** Activities have whole seconds: since and until a moment within one means the next. */
function moment(milliseconds: number): Span {
  return { begin: seconds(milliseconds), end: seconds(milliseconds) };
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
