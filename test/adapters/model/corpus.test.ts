// Requests of real domains: planned whole, or refused with the exact words, and no word of them is without effect.
import { describe, expect, test } from "vitest";
import { renderProject } from "../../../src/adapters/model/offline/render/render-project.ts";
import { understand, wordUses } from "../../../src/adapters/model/offline/understand/understand.ts";
import { NOISE } from "../../../src/adapters/model/offline/understand/vocabulary.ts";
import { baseProjectFiles } from "../../../src/plan/base-project.ts";
import { validatePlan } from "../../../src/plan/validate-plan.ts";
import { ENGLISH } from "./corpus/english.ts";
import { EXACT } from "./corpus/exact.ts";
import { VERBS } from "./corpus/verbs.ts";
import { REFUSED_CORPUS } from "./corpus/refused.ts";
import { built, replaceAt, unnoticed, wordsOf } from "./noticed.ts";

const CORPUS = [...EXACT, ...ENGLISH, ...VERBS];

describe("a request of the corpus", () => {
  test("is one of more than sixty, half of them in the exact syntax", () => {
    expect(new Set(CORPUS.map(({ request }) => request)).size).toBeGreaterThanOrEqual(60);
    expect(EXACT.length).toBeGreaterThanOrEqual(30);
  });

  test.each(CORPUS)("leads to a valid plan, and always to the same files: $domain, “$request”", async ({ request }) => {
    const answer = understand(request);
    if (!answer.understood) throw new Error(JSON.stringify(answer.problems, null, 2));
    const plan = validatePlan(structuredClone(answer.plan));
    expect(plan.tables.length).toBeGreaterThan(0);
    const files = [...(await baseProjectFiles(plan)), ...renderProject(plan)];
    const again = understand(request);
    if (!again.understood) throw new Error("understood once only");
    expect([...(await baseProjectFiles(again.plan)), ...renderProject(again.plan)]).toEqual(files);
  });

  test.each(CORPUS)("has no word that could be another one: $domain, “$request”", ({ request }) => {
    for (const place of wordsOf(request)) expect(unnoticed(request, place, "qwortz")).toBe(null);
  });

  test.each(CORPUS)("has no word that could be missing, but for articles and the like: $domain", ({ request }) => {
    const plan = built(request);
    const uses = wordUses(request);
    for (const { word, index } of wordsOf(request)) {
      if (built(replaceAt(request, index, word.length, "")) !== plan) continue;
      const use = uses.find(({ start, end }) => start <= index && index < end)?.use;
      expect([...NOISE], `“${word}” at ${index} of ${request} is ${use}`).toContain(use);
    }
  });
});

test("at least thirty requests are refused", () => {
  expect(REFUSED_CORPUS.length).toBeGreaterThanOrEqual(30);
});

test.each(REFUSED_CORPUS)("refused, with the words that are not understood: $request", ({ request, spans, told }) => {
  const answer = understand(request);
  const problems = answer.understood ? [] : answer.problems;
  expect(problems.map(({ text }) => text)).toEqual(spans);
  for (const { start, end, text } of problems) expect(request.slice(start, end)).toBe(text);
  for (const { reason, suggestion } of problems) expect(`${reason}${suggestion ?? ""}`.length).toBeGreaterThan(20);
  expect(`${problems[0]!.reason} ${problems[0]!.suggestion ?? ""}`).toContain(told);
});
