import { describe, expect, test } from "vitest";
import { applyEdit } from "../../src/agent/edit-match.ts";

function edited(content: string, oldText: string, newText: string, all = false): string {
  const result = applyEdit(content, oldText, newText, all);
  if (!result.done) throw new Error(result.reason);
  return result.content;
}

function refused(content: string, oldText: string, newText: string): string {
  const result = applyEdit(content, oldText, newText);
  if (result.done) throw new Error(`It was edited (${result.how}): ${result.content}`);
  return result.reason;
}

describe("an edit", () => {
  test("replaces the only occurrence", () => {
    expect(edited("const a = 1;\nconst b = 2;\n", "b = 2", "b = 3")).toBe("const a = 1;\nconst b = 3;\n");
  });

  test("takes dollar signs in the new text as they are", () => {
    expect(edited("x = 1;\n", "x = 1;", "x = `$&${y}$1`;")).toBe("x = `$&${y}$1`;\n");
  });

  test("replaces every occurrence when asked to", () => {
    expect(edited("a.b(a);", "a", "c", true)).toBe("c.b(c);");
  });

  test("refuses an ambiguous passage and names the lines", () => {
    expect(refused("one\ntwo\none\n", "one", "three")).toContain("2 times (lines 1, 3)");
  });

  test("finds lines that differ in white space at their ends", () => {
    const result = applyEdit("if (a) {  \n  b();\n}\n", "if (a) {\n  b();", "if (c) {\n  b();");
    expect(result).toEqual({ done: true, content: "if (c) {\n  b();\n}\n", count: 1, how: "trailing space" });
  });

  test("finds lines that differ in indentation and indents the new ones alike", () => {
    const content = "function f() {\n    if (a) {\n        b();\n    }\n}\n";
    const result = edited(content, "if (a) {\n    b();\n}", "if (a) {\n    c();\n}");
    expect(result).toBe("function f() {\n    if (a) {\n        c();\n    }\n}\n");
  });

  test("finds typographic quotes and dashes by their plain forms", () => {
    expect(edited("const t = “it’s — fine”;\n", '"it\'s - fine"', '"ok"')).toBe('const t = "ok";\n');
  });

  test("prefers the exact passage over one that fits loosely", () => {
    expect(edited("  a();\na();\n", "\na();", "\nb();")).toBe("  a();\nb();\n");
  });

  test("never lets a loose match be ambiguous", () => {
    expect(refused("  a();\n    a();\n", "\ta();", "b();")).toContain("2 times");
  });

  test("keeps carriage returns everywhere, also in what it writes", () => {
    expect(edited("a\r\nb\r\nc\r\n", "a\nb", "a\nx\ny")).toBe("a\r\nx\r\ny\r\nc\r\n");
  });

  test("keeps mixed line ends outside the passage byte for byte", () => {
    expect(edited("a\r\nb\nc\r\nd\n", "c", "C")).toBe("a\r\nb\nC\r\nd\n");
  });

  test("keeps a byte order mark", () => {
    expect(edited("\u{FEFF}a\nb\n", "a\n", "c\n")).toBe("\u{FEFF}c\nb\n");
  });

  test("can remove a passage", () => {
    expect(edited("a\nb\nc\n", "b\n", "")).toBe("a\nc\n");
  });

  test("shows the nearest lines when nothing fits", () => {
    const reason = refused(
      'import { a } from "./a.ts";\n\nexport function listUsers(limit) {}\n',
      "export function listUser(max) {}",
      "x",
    );
    expect(reason).toContain("3: export function listUsers(limit) {}");
  });

  test("shows no lines when nothing is near", () => {
    expect(refused("aaa\nbbb\n", "zzz(1, 2)", "x")).toBe("old_text is not in the file.");
  });

  test("refuses an empty or an unchanged passage", () => {
    expect(refused("a\n", "", "b")).toContain("write_file");
    expect(refused("a\n", "a", "a")).toContain("the same");
  });
});

describe("an edit that was made before", () => {
  test("is seen by its new text", () => {
    const result = applyEdit("const limit = 100;\n", "const limit = 50;", "const limit = 100;");
    expect(result).toMatchObject({ how: "already there", count: 0 });
  });

  test("is seen when the new text contains the old one", () => {
    const [oldText, newText] = ["import a;", "import a;\nimport b;"];
    const once = edited("import a;\nimport c;\n", oldText, newText);
    expect(applyEdit(once, oldText, newText)).toEqual({ done: true, content: once, count: 0, how: "already there" });
  });

  test("is not assumed from a new text that could be anywhere", () => {
    expect(refused("a {\n}\n", "b {", "}")).toContain("is not in the file");
  });
});
