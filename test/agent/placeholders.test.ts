import { expect, test } from "vitest";
import { findPlaceholder } from "../../src/agent/placeholders.ts";

test.each([
  "// ... rest of the code",
  "  // ... existing code ...",
  "// rest of the file remains unchanged",
  "/* ...remaining methods... */",
  "# ... rest of implementation",
  "-- ... existing columns",
  "<!-- … rest of the file -->",
  "{/* ... existing code ... */}",
  "... existing code ...",
  "// …same as before",
  "password = [redacted]",
  "[output dropped]",
])("%s stands for something left out", (line) => {
  expect(findPlaceholder(`const a = 1;\n${line}\n`)).toMatchObject({ line: 2 });
});

test.each([
  "const { a, ...rest } = b;",
  "...existing,",
  "  ...rest,",
  "// The rest of the query string is ignored.",
  "// Rows that are unchanged keep their time.",
  "// an existing user answers 409",
  "# Loading...",
  'throw new Error("The remaining code is too long...");',
  "-- the previous migration made this column",
])("%s is code like any other", (line) => {
  expect(findPlaceholder(line)).toBeUndefined();
});

test("a line that the file has already is no placeholder", () => {
  expect(findPlaceholder("// ... rest of the code", "a\n  // ... rest of the code\nb")).toBeUndefined();
});
