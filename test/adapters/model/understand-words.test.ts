import { expect, test } from "vitest";
import { isPlural, pluralOf, singularOf } from "../../../src/adapters/model/offline/understand/inflect.ts";
import { nearMiss } from "../../../src/adapters/model/offline/understand/near-miss.ts";
import { tokenize } from "../../../src/adapters/model/offline/understand/tokens.ts";

const NOUNS = (
  "user users|category categories|address addresses|status statuses|person people|child children|box boxes|dish dishes|batch batches|" +
  "bus buses|campus campuses|virus viruses|house houses|warehouse warehouses|cause causes|case cases|course courses|expense expenses|" +
  "invoice invoices|purchase purchases|release releases|phase phases|database databases|movie movies|cookie cookies|company companies|" +
  "key keys|boy boys|day days|hero heroes|photo photos|shoe shoes|size sizes|prize prizes|quiz quizzes|leaf leaves|shelf shelves|" +
  "archive archives|drive drives|analysis analyses|index indices|matrix matrices|menu menus|tax taxes|cache caches|class classes|" +
  "process processes|topic topics|clinic clinics|series series|equipment equipment|news news|order_item order_items|lens lenses|use uses"
)
  .split("|")
  .map((pair): [string, string] => [pair.split(" ")[0]!, pair.split(" ")[1]!]);

test.each(NOUNS)("one %s, two %s", (singular, plural) => {
  expect(pluralOf(singular)).toBe(plural);
  expect(singularOf(plural)).toBe(singular);
  expect(singularOf(singular)).toBe(singular);
  expect(pluralOf(singularOf(plural))).toBe(plural);
  expect(isPlural(plural)).toBe(true);
  if (singular !== plural) expect(isPlural(singular)).toBe(false);
});

test("a near miss is one slip, or two in a long word", () => {
  const words = ["unique", "string", "references"];
  expect(nearMiss("uniqe", words)).toBe("unique");
  expect(nearMiss("unqiue", words)).toBe("unique");
  expect(nearMiss("refrences", words)).toBe("references");
  expect(nearMiss("referenes", words)).toBe("references");
  expect(nearMiss("unique", words)).toBe(null);
  expect(nearMiss("antique", words)).toBe("unique");
  expect(nearMiss("strong", words)).toBe("string");
  expect(nearMiss("thing", words)).toBe(null);
  expect(nearMiss("xx", ["ab"])).toBe(null);
});

test("between two tokens there is only white space", () => {
  const request =
    "a todo-API with users(name:string{200}?, e=\"x y\") and 'q' GET /api/ping. 2026-01-31 🚀 -1.5 >= [] don't";
  let end = 0;
  for (const token of tokenize(request)) {
    expect(request.slice(end, token.start).trim()).toBe("");
    expect(request.slice(token.start, token.end)).toBe(token.text);
    end = token.end;
  }
  expect(request.slice(end)).toBe("");
});
