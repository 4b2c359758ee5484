import { expect, test } from "vitest";
import { completePlan, newColumn } from "../../src/plan/build-plan.ts";
import { formatPlanFile, parsePlanFile } from "../../src/plan/plan-file.ts";

const plan = completePlan({
  request: 'users(name) "quoted" and 🚀',
  tables: [{ name: "users", singular: "user", columns: [newColumn("name", "string")] }],
  constants: [],
  assumptions: [],
});

test("a plan survives its file", () => {
  const text = formatPlanFile(plan);
  expect(parsePlanFile(text)).toEqual(plan);
  expect(parsePlanFile(`\uFEFF${text}`)).toEqual(plan);
  expect(text.endsWith("}\n")).toBe(true);
  expect(JSON.parse(text)).toMatchObject({ format: "turbobackend-plan", version: 1 });
});

test.each([
  ["", /not JSON/],
  ["{", /not JSON/],
  ["[]", /not a plan of tb/],
  ["null", /not a plan of tb/],
  ['{"format":"turbobackend-plan","version":2,"plan":{}}', /version 2; this tb reads version 1/],
  ['{"format":"turbobackend-plan","plan":{}}', /version none/],
  ['{"format":"turbobackend-plan","version":1,"plan":{}}', /not valid/],
])("%j is refused as usage", (text, message) => {
  expect(() => parsePlanFile(text)).toThrow(message);
  expect(() => parsePlanFile(text)).toThrow(expect.objectContaining({ code: "usage" }));
});
