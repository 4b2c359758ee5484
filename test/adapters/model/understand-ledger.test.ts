import { expect, test } from "vitest";
import { understand } from "../../../src/adapters/model/offline/understand/understand.ts";
import { built, replaceAt, unnoticed, wordsOf } from "./noticed.ts";
import { UNDERSTOOD } from "./understood-requests.ts";

test.each(UNDERSTOOD)("any word of “$request” replaced by nonsense changes the plan or is reported", ({ request }) => {
  for (const place of wordsOf(request)) expect(unnoticed(request, place, "qwortz")).toBe(null);
});

test.each(UNDERSTOOD)("“$request” with a foreign word in any place is never the same plan", ({ request }) => {
  const plan = built(request);
  for (const { index } of request.matchAll(/(?<=\s)(?=\S)/g)) {
    const changed = replaceAt(request, index, 0, "qwortz ");
    expect(built(changed), changed).not.toBe(plan);
  }
});

test("no text at all makes it throw, and every problem quotes its own place", () => {
  const words = (
    "users tasks ( ) , and a the with have has belongs to belong each name email unique optional string text : ? = {200} { } [] >= 0 5 " +
    'between default enum{a,b} ; . API todo shop for called that which GET /api/ping returns pong " [1] no database many references is ' +
    "please as may health check without table qwortz password id one through their are many-to-many at least most of per in minutes either can be profile another 🚀 ' -- \n order items due date"
  ).split(" ");
  let seed = 20_261_120;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let round = 0; round < 3000; round++) {
    const request = Array.from({ length: 1 + random(14) }, () => words[random(words.length)]).join(
      random(5) === 0 ? "" : " ",
    );
    const answer = understand(request);
    if (answer.understood) continue;
    const rest = understand(request, true);
    if (rest.understood) expect(rest.plan.not_understood).toHaveLength(answer.problems.length);
    expect(answer.problems.length).toBeGreaterThan(0);
    for (const { start, end, text } of answer.problems) {
      expect(request.slice(start, end)).toBe(text);
      if (request.trim() !== "") expect(text.trim()).not.toBe("");
    }
  }
});

test("a request of 10,000 characters is answered, whatever it repeats", () => {
  for (const part of [
    "users ",
    "users and ",
    "(",
    "users(a",
    ",",
    "a ",
    "x",
    "posts have many comments; ",
    '{"a":',
    "and ",
  ]) {
    expect(understand(part.repeat(Math.floor(10_000 / part.length))).understood).toBe(part.startsWith("posts"));
  }
});
