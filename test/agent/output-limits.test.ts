import { expect, test } from "vitest";
import { keepHead, keepTail } from "../../src/agent/output-limits.ts";

test("a short text stays as it is, with its last line break", () => {
  expect(keepHead("a\nb\n")).toEqual({ text: "a\nb\n", shown: 2, total: 2, cut: false });
});

test("the head keeps the first lines, the tail the last", () => {
  expect(keepHead("1\n2\n3\n4\n", 2)).toEqual({ text: "1\n2", shown: 2, total: 4, cut: true });
  expect(keepTail("1\n2\n3\n4\n", 2)).toEqual({ text: "3\n4", shown: 2, total: 4, cut: true });
});

test("characters are limited too, by whole lines", () => {
  expect(keepTail("aaaa\nbbbb\ncccc\n", 100, 10)).toMatchObject({ text: "bbbb\ncccc", cut: true });
});

test("one line that is too long is cut, not left out", () => {
  expect(keepHead("abcdefgh", 10, 3)).toMatchObject({ text: "abc", shown: 1, total: 1, cut: true });
  expect(keepTail("abcdefgh", 10, 3)).toMatchObject({ text: "fgh", cut: true });
});
