// A moment as people type it: "10m" (ago), "2026-11-19", "2026-11-19T14:02", "14:02".
import { TbError } from "../errors.ts";

const UNIT: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds since 1970; a time without a zone is local. Throws TbError "usage" that names the flag. */
export function parsePointInTime(typed: string, flag: string, now = Date.now()): number {
  const [, amount, unit] = /^(\d{1,6})\s*([smhdw])$/.exec(typed.trim()) ?? [];
  if (amount !== undefined && unit !== undefined) return now - Number(amount) * UNIT[unit]!;
  const [, hours, minutes, seconds = "0"] = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(typed.trim()) ?? [];
  if (hours !== undefined) {
    const today = new Date(now);
    today.setHours(Number(hours), Number(minutes), Number(seconds), 0);
    if (Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60) return today.getTime();
  }
  // A day alone is the beginning of that day here, not in Greenwich.
  const text = /^\d{4}-\d\d-\d\d$/.test(typed.trim()) ? `${typed.trim()}T00:00` : typed.trim();
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new TbError("usage", `${flag}: "${typed}" is no time.`, {
    suggestion: `${flag} 10m      ten minutes ago (also s, h, d, w)\n${flag} 2026-11-19T14:02      a moment`,
  });
}
