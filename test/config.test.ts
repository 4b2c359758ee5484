import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";

test("a home is refused when build tools could not quote its path, and only then", () => {
  for (const home of ['/tmp/a"b', "/tmp/a\\b", "/tmp/a\nb"]) {
    expect(() => readConfig({ TB_HOME: home }), home).toThrow(/TB_HOME must not contain/);
  }
  const odd = "/tmp/p ü'c $e %41 # ? & ; ( [x] {y} * ! ~ @ = , + ^ ` | <z>:";
  expect(readConfig({ TB_HOME: odd }).home).toBe(odd);
});
