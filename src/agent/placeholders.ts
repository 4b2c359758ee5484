// Models that run out of patience write "// ... rest of the code": saved as it is, that deletes the code it stands for.

const COMMENT = /^\s*(?:\/\/+|\/\*+|\*|#|--|<!--|\{\/\*)\s*/;
const DOTS = /(?:\.{3}|…)/;
const LEFT_OUT =
  /\b(?:rest of|remaining|existing|previous|unchanged|same as (?:before|above)|other (?:code|functions|methods|routes|tests|imports)|omitted)\b/i;
const SURE =
  /\b(?:rest of (?:the |your |this )?(?:code|file|function|implementation|class|tests?)|(?:existing|previous|remaining) code|code (?:remains )?unchanged)\b/i;
const MARKS = ["[redacted]", "[output dropped]"];

/** The first line of `text` that stands for something left out, unless `original` holds that line already. */
export function findPlaceholder(text: string, original = ""): { line: number; text: string } | undefined {
  const known = new Set(original.split("\n").map((line) => line.trim()));
  for (const [index, line] of text.split("\n").entries()) {
    if (isPlaceholder(line) && !known.has(line.trim())) return { line: index + 1, text: line.trim().slice(0, 120) };
  }
  return undefined;
}

function isPlaceholder(line: string): boolean {
  if (line.length > 400) return false;
  if (MARKS.some((mark) => line.includes(mark))) return true;
  const comment = COMMENT.exec(line);
  if (comment) {
    const words = line.slice(comment[0].length);
    return (DOTS.test(words) && LEFT_OUT.test(words)) || (SURE.test(words) && words.split(/\s+/).length <= 8);
  }
  // without a comment sign: "... existing code ..." on a line of its own
  return /^\s*[[(<]?\s*(?:\.{3}|…)\s*[a-z]/i.test(line) && SURE.test(line);
}
