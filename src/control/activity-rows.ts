// Rows of COPY in its text form, where a tab or a line break that stands in a value is written with a backslash: almost every
// row is its fields and nothing else.

/** Of the statement: `null ''` makes an empty field of what has no value, so that no row needs a backslash for it. */
export const COPY_OPTIONS = "(format text, null '')";

const LINE_FEED = 10;

/** The fields of every row that has ended; their characters are the bytes of the text, one to one, so that nothing is decoded
 * and no character is cut in two. `rest` begins the next part; it may refer to `part`. */
export function readRows(part: Buffer, row: (fields: string[]) => void): Buffer {
  let begin = 0;
  for (let end = part.indexOf(LINE_FEED); end >= 0; end = part.indexOf(LINE_FEED, begin)) {
    row(readFields(part.toString("latin1", begin, end)));
    begin = end + 1;
  }
  return part.subarray(begin);
}

const ESCAPED: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function readFields(line: string): string[] {
  const fields = line.split("\t");
  if (!line.includes("\\")) return fields;
  return fields.map((field) => field.replaceAll(/\\(.)/g, (_, character: string) => ESCAPED[character] ?? character));
}

// A part of the output. Larger blocks would be mapped anew by the system each time, which costs more than filling them.
const PART = 64 * 1024;

/** Lines, put together into parts of at most 64 KiB; a longer line is a part of its own. */
export class LineParts {
  #part = Buffer.allocUnsafe(PART);
  #length = 0;

  /** Takes a line of characters that are bytes; gives a part when one is full. */
  add(line: string): Buffer | null {
    let full: Buffer | null = null;
    if (line.length > PART - this.#length) full = this.take();
    if (line.length > PART) return Buffer.concat([full ?? Buffer.alloc(0), Buffer.from(line, "latin1")]);
    this.#length += this.#part.write(line, this.#length, "latin1");
    return full;
  }

  /** What there is, null when there is nothing. */
  take(): Buffer | null {
    if (this.#length === 0) return null;
    const part = this.#part.subarray(0, this.#length);
    this.#part = Buffer.allocUnsafe(PART);
    this.#length = 0;
    return part;
  }
}
