// Takes secrets out of what leaves this process: events, logs, messages to a model, errors, output. One way for all of them, so
// that no exit knows fewer forms of a secret than another.
import { formsOf, isTelling, linesOf } from "./secret-forms.ts";

const HIDDEN = "[redacted]";

export interface Redactor {
  /** The text with "[redacted]" in the place of each secret, in whichever form it is there. */
  redact(text: string): string;
  /** For a text that comes in pieces: a secret that is cut in two is found as well. */
  stream(): RedactedStream;
}

export interface RedactedStream {
  /** What can be told by now; the rest waits for the next piece. Whole lines never wait. */
  push(piece: string): string;
  /** What has waited. */
  end(): string;
  /** Whether a secret was in what has been told so far. */
  hasHidden(): boolean;
}

/** Of these values. Ones that are too short, or that everybody knows, are left alone: they would hide half of every text. */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const forms = [...new Set([...secrets].flatMap(linesOf).filter(isTelling).flatMap(formsOf))].toSorted(
    (a, b) => b.length - a.length, // one that contains another is hidden whole
  );
  if (forms.length === 0) return NOTHING_TO_HIDE;
  const pattern = new RegExp(forms.map(escape).join("|"), "g");
  const longest = forms[0]!.length;
  return {
    redact: (text) => text.replaceAll(pattern, HIDDEN),
    stream: () => createStream(pattern, longest),
  };
}

const NOTHING_TO_HIDE: Redactor = {
  redact: (text) => text,
  stream: () => ({ push: (piece) => piece, end: () => "", hasHidden: () => false }),
};

/** A secret that is not complete yet begins within the last characters of what is there, and none goes over a line's end. */
function createStream(pattern: RegExp, longest: number): RedactedStream {
  let held = "";
  let hidden = false;

  function take(upTo: number): string {
    let told = "";
    let from = 0;
    for (const { index, 0: found } of held.matchAll(pattern)) {
      if (index >= upTo) break;
      told += held.slice(from, index) + HIDDEN;
      hidden = true;
      from = index + found.length;
    }
    const end = Math.max(from, upTo);
    told += held.slice(from, end);
    held = held.slice(end);
    return told;
  }

  return {
    push(piece) {
      held += piece;
      return take(Math.max(held.lastIndexOf("\n") + 1, held.length - longest + 1, 0));
    },
    end: () => take(held.length),
    hasHidden: () => hidden,
  };
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

const known = new Set<string>();
let current: Redactor | null = NOTHING_TO_HIDE;

/** From now on this value leaves the process nowhere. Whoever reads or derives a secret says so here, once. */
export function rememberSecret(value: string): void {
  if (known.has(value)) return;
  known.add(value);
  current = null; // made when it is first needed: most commands tell nothing after they have read a password
}

/** Takes out every secret that this process has come to know. */
export function redact(text: string): string {
  return redactor().redact(text);
}

/** The same for a text that comes in pieces, of the secrets that are known when it begins. */
export function redactedStream(): RedactedStream {
  return redactor().stream();
}

function redactor(): Redactor {
  return (current ??= createRedactor(known));
}

/** The same JSON with every string in it redacted, keys too. */
export function redactJson<T>(value: T): T {
  return known.size === 0 ? value : (walk(value) as T);
}

function walk(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), walk(item)]));
}

/** Forms of every secret that this process knows, to look for in files. */
export function knownForms(): string[] {
  return [...new Set([...known].flatMap(linesOf).filter(isTelling).flatMap(formsOf))];
}
