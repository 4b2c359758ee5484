import { describe, expect, it } from "vitest";
import { renderProject } from "../../../src/adapters/model/offline/render/render-project.ts";
import { jsonConstant, quote, textProperty } from "../../../src/adapters/model/offline/render/source.ts";
import { constantPlan, longPlan, shopPlan, todoPlan } from "../../templates/sample-plans.ts";

describe("the files of a plan", () => {
  it.each([todoPlan, shopPlan, longPlan, constantPlan])(
    "are one route file per endpoint, where the plan says: $name",
    (plan) => {
      const routes = renderProject(plan).filter(({ path }) => path.startsWith("server/api/"));
      const planned = plan.endpoints.filter(({ operation }) => operation.kind !== "health").map(({ file }) => file);
      expect(routes.map(({ path }) => path).toSorted()).toEqual(planned.toSorted());
    },
  );

  it("are the same every time, and none is there twice", () => {
    const files = renderProject(shopPlan);
    expect(renderProject(structuredClone(shopPlan))).toEqual(files);
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
  });

  it("hold only the shared fields that the project uses", () => {
    const fields = renderProject(todoPlan).find(({ path }) => path === "server/schemas/fields.ts")!;
    expect(fields.content).not.toMatch(/Decimal|CalendarDate|HttpUrl|Json/);
    expect(renderProject(constantPlan).some(({ path }) => path.startsWith("server/schemas/"))).toBe(false);
  });

  it("compare e-mail addresses without case where they are unique", () => {
    const list = renderProject(todoPlan).find(({ path }) => path === "server/api/users/index.get.ts")!;
    expect(list.content).toContain('matches(filters, ["email"])');
  });
});

describe("text from a plan", () => {
  it("stays inside its literal, whatever it holds", () => {
    for (const text of ['"; process.exit(1); "', "'\\' + x + '", "${process.env}", "`", "a\nb", "\u2028", '"""\'']) {
      // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- the literal is to be read as JavaScript does
      expect(new Function(`return ${quote(text)}`)()).toBe(text);
    }
  });

  it("goes below its key when the line would be longer than 120 columns", () => {
    const text = "x".repeat(106);
    expect(textProperty("  ", "summary", text)).toBe(`  summary: "${text}",`);
    expect(textProperty("  ", "summary", `${text}x`)).toBe(`  summary:\n    "${text}x",`);
    expect(textProperty("  ", "summary", "寿".repeat(54))).toContain("\n");
  });

  it("cannot set the prototype of a constant", () => {
    expect(jsonConstant("", "body", JSON.parse('{"__proto__": 1}'))).toContain('["__proto__"]: 1');
  });
});
