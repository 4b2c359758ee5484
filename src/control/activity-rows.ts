// Rows of COPY in its CSV form with control characters as delimiter and quote: text almost never holds them, so that almost
// every row is its fields and nothing else, and backslashes are not doubled.

export const DELIMITER = "\u0001";
export const QUOTE = "\u0002";

/** The fields of every whole row; an empty field is null. `rest` begins the next part. */
export function splitRows(text: string): { rows: string[][]; rest: string } {
  const end = text.lastIndexOf("\n") + 1;
  const whole = text.slice(0, end);
  if (!text.includes(QUOTE)) {
    const rows = whole === "" ? [] : whole.slice(0, -1).split("\n");
    return { rows: rows.map((row) => row.split(DELIMITER)), rest: text.slice(end) };
  }
  return splitQuoted(text);
}

/** Fields that hold a line break, a delimiter or a quote are quoted, their quotes doubled. */
function splitQuoted(text: string): { rows: string[][]; rest: string } {
  const rows: string[][] = [];
  let [row, field, quoted, begin] = [[] as string[], "", false, 0];
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === QUOTE) {
      if (quoted && text[i + 1] === QUOTE) field += text[i++]!;
      else if (quoted && i + 1 === text.length) break; // its double may begin the next part
      else quoted = !quoted;
    } else if (quoted || (character !== DELIMITER && character !== "\n")) field += character;
    else {
      row.push(field);
      field = "";
      if (character === "\n") {
        rows.push(row);
        row = [];
        begin = i + 1;
      }
    }
  }
  return { rows, rest: text.slice(begin) };
}
