// Keeps the end of a long text in bounded memory.

const LIMIT = 1024 * 1024;

export interface TextTail {
  add(text: string): void;
  /** The last bytes that were added, cut between characters. */
  text(): string;
}

/** @param limit bytes in UTF-8; default 1 MiB. */
export function createTextTail(limit = LIMIT): TextTail {
  let kept: Buffer[] = [];
  let size = 0;

  function shrink(): void {
    const whole = Buffer.concat(kept);
    let from = Math.max(0, whole.length - limit);
    while (from < whole.length && (whole[from]! & 0xc0) === 0x80) from++; // the middle of a character
    kept = [whole.subarray(from)];
    size = whole.length - from;
  }

  return {
    add(text) {
      const bytes = Buffer.from(text);
      kept.push(bytes);
      size += bytes.length;
      if (size > 2 * limit) shrink(); // not at every piece: each costs a copy
    },
    text() {
      if (size > limit) shrink();
      else if (kept.length > 1) kept = [Buffer.concat(kept)]; // it is often asked for again
      return kept[0]?.toString("utf8") ?? "";
    },
  };
}
