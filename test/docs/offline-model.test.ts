// The examples of the language in docs/offline-model.md are understood.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { understand } from "../../src/adapters/model/offline/understand/understand.ts";

const page = readFileSync(new URL("../../docs/offline-model.md", import.meta.url), "utf8");

/** In the tables of clauses; those of types and columns are of names. */
const examples = page
  .split(/^#+ /m)
  .filter((section) => /^(?:English|By request)\n/.test(section))
  .flatMap((section) => section.split("\n").filter((line) => line.startsWith("| ") && line.includes("`")))
  .flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, example]) => example!));

test("there are some of each kind", () => {
  expect(examples.length).toBeGreaterThan(60);
});

/** A part of a sentence stands in one. */
test.each(examples)("%s", (example) => {
  const sentences = [
    example,
    `items have ${example}`,
    `an API with items and ${example}`,
    `an API with items, tasks and users; ${example}`,
    `GET /api/ping that returns pong, ${example}`,
  ];
  const answers = sentences.map((sentence) => understand(sentence));
  expect(
    answers.some(({ understood }) => understood),
    JSON.stringify(answers[0]),
  ).toBe(true);
});
