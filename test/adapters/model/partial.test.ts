import { expect, test } from "vitest";
import { createOfflineModel } from "../../../src/adapters/model/offline/offline-model.ts";
import { understand } from "../../../src/adapters/model/offline/understand/understand.ts";
import { planCreate } from "../../../src/pipeline/plan-create.ts";
import { baseProjectFiles } from "../../../src/plan/base-project.ts";
import { validatePlan } from "../../../src/plan/validate-plan.ts";
import { formatPlanned } from "../../../src/ui/create-result.ts";
import { REFUSED_CORPUS } from "./corpus/refused.ts";
import { tableSignatures } from "./plan-signature.ts";

/** Request, what is built of it, and what is left out. */
const PARTIAL: [request: string, tables: string[], leftOut: RegExp[]][] = [
  [
    "a shop with products that have a sku, and email the buyer when an order ships",
    ["products(sku:string)"],
    [/^“and email the buyer when an order ships”: Sending mail/],
  ],
  [
    "users(name:strng, age:integer) tasks(title:string, owner:references:usres)",
    ["users(age:integer)", "tasks(title:string)"],
    [/^“name:strng”: "strng" is neither/, /^“owner:references:usres”: There is no table/],
  ],
  [
    "an API with users and payments",
    ["users(name:string, email:email:unique)"],
    [/^“an API with users and payments”: Payments/],
  ],
  [
    "cats(name:string, dog:references:dogs) dogs(cat:references:cats, note:text)",
    ["cats(name:string)", "dogs(cat_id->cats, note:text)"],
    [/^“dog:references:dogs”: Tables refer to each other/],
  ],
  [
    "orders have many products with a quantity and a price",
    [
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0)",
      "products(name:string, description:text?, price:decimal>=0, sku:string{64}:unique)",
      "order_items(order_id->orders, product_id->products, quantity:integer>=0)",
    ],
    [/"price" can be read as a column of products, or of the relation/],
  ],
  ["pg_x(name) users(name:string)", ["users(name:string)"], [/^“pg_x”: The name "pg_x" is reserved/]],
];

test.each(PARTIAL)("the rest of “%s” is built, and what is left out is listed", (request, tables, leftOut) => {
  const answer = understand(request, true);
  if (!answer.understood) throw new Error(JSON.stringify(answer.problems));
  expect(tableSignatures(validatePlan(answer.plan))).toEqual(tables);
  expect(answer.plan.not_understood).toHaveLength(leftOut.length);
  for (const [index, pattern] of leftOut.entries()) expect(answer.plan.not_understood[index]).toMatch(pattern);
  expect(understand(request).understood).toBe(false);
});

test.each(REFUSED_CORPUS)("whatever is left of “$request” is a valid plan that tells every problem", ({ request }) => {
  const whole = understand(request);
  const answer = understand(request, true);
  if (whole.understood) throw new Error("it must be refused");
  if (!answer.understood) {
    expect(answer).toEqual(whole);
    return;
  }
  expect(validatePlan(structuredClone(answer.plan)).not_understood).toHaveLength(whole.problems.length);
  for (const [index, { text }] of whole.problems.entries())
    expect(answer.plan.not_understood[index]).toContain(text.replace(/\s+/g, " "));
});

test("a request of which nothing is left is refused all the same", () => {
  for (const request of ["frobnicate the zorgles", "a GraphQL API", "users(name:strng"])
    expect(understand(request, true)).toMatchObject({ understood: false });
});

test("what is left out is in the plan's text, in its JSON and in the project's README", async () => {
  const request = "tasks(title:string); remind the owner_of_it daily";
  const model = createOfflineModel();
  const refused = planCreate(model, request, { name: null, file: null, partial: false });
  await expect(refused).rejects.toMatchObject({ code: "not_understood" });
  const planned = await planCreate(model, request, { name: null, file: null, partial: true });
  expect(planned.not_understood).toEqual([
    "“remind the owner_of_it daily”: Sending mail or messages is behaviour, which the offline model does not write.",
  ]);
  expect(formatPlanned(planned)).toMatch(/Left out\s+“remind the owner_of_it daily”/);
  const readme = (await baseProjectFiles(planned.plan)).find(({ path }) => path === "README.md")!;
  expect(readme.content).toContain(
    "## Left out\n\nThe request asked for these as well. They are not built.\n\n- “remind the",
  );
  expect(readme.content).toContain(String.raw`owner\_of\_it`);
});
