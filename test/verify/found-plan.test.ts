// A project is judged without its plan: by its own openapi.json and database.
import { afterAll, beforeAll, describe, expect, inject, it, test } from "vitest";
import { completePlan } from "../../src/plan/build-plan.ts";
import type { Column, Plan } from "../../src/plan/plan.ts";
import { foundPlan } from "../../src/verify/found/found-plan.ts";
import { formatVerdict } from "../../src/verify/format-verdict.ts";
import { introspect } from "../../src/verify/introspect.ts";
import { readContract } from "../../src/verify/probe/contract.ts";
import { hasDatabase } from "../../src/verify/subject.ts";
import type { Verdict } from "../../src/verify/verdict.ts";
import { verifyProject } from "../../src/verify/verify-project.ts";
import { shopPlan } from "../templates/sample-plans.ts";
import { accountsPlan } from "./accounts-plan.ts";
import { optionsPlan } from "./options-plan.ts";
import { createProject, type TestProject } from "./project.ts";

async function found({ subject, sandbox }: TestProject): Promise<{ plan: Plan; unplanned: string[] }> {
  const contract = readContract(await sandbox.readFile("openapi.json"));
  if ("problem" in contract) throw new Error(contract.problem);
  const facts = hasDatabase(subject) ? await introspect(subject.cluster, subject.database) : null;
  return { plan: foundPlan("found", contract, facts), unplanned: [...contract.operations.keys()] };
}

async function judge(project: TestProject): Promise<Verdict> {
  return verifyProject({ ...project.subject, ...(await found(project)) });
}

/** Without what a contract cannot tell: a text of any length is a string with one. */
function comparable({ name, type, nullable, unique, default: value, references, minimum, maximum, values }: Column) {
  return {
    name,
    type: type === "text" ? "string" : type,
    nullable,
    unique,
    value,
    references,
    minimum,
    maximum,
    values,
  };
}

function operations({ endpoints }: Plan): Record<string, object> {
  return Object.fromEntries(endpoints.map(({ method, path, operation }) => [`${method} ${path}`, operation]));
}

describe("the plan of a shop with every kind of column", () => {
  let shop: TestProject;
  // Nobody can change a row that has nothing but an id.
  const tables = shopPlan.tables.filter(({ name }) => name !== "errors");
  const plan = completePlan({ ...shopPlan, tables, constants: [] });
  beforeAll(async () => {
    shop = await createProject(plan, inject("sharedCache"));
  });
  afterAll(() => shop.remove());

  it("is read back from its contract and its database", async () => {
    const read = (await found(shop)).plan;
    for (const table of plan.tables) {
      const same = read.tables.find(({ name }) => name === table.name);
      expect(same?.columns.map(comparable), table.name).toEqual(table.columns.map(comparable));
    }
    expect(operations(read)).toEqual(operations(plan));
  });

  it("is good enough to verify the shop by", async () => {
    const verdict = await judge(shop);
    expect(formatVerdict(verdict)).toMatch(/^Passed: types, lint, openapi, build, boot, routes, \d+ endpoints/);
  });
});

test("a project with all that is only there by request is no worse for having no plan", async () => {
  const project = await createProject(optionsPlan, inject("sharedCache"));
  try {
    expect(formatVerdict(await judge(project))).not.toContain("Failed");
  } finally {
    await project.remove();
  }
});

describe("the plan of a project with accounts", () => {
  let project: TestProject;
  beforeAll(async () => {
    project = await createProject(accountsPlan, inject("sharedCache"));
  });
  afterAll(() => project?.remove());

  it("says who logs in, and what belongs to whom", async () => {
    const { plan } = await found(project);
    expect(plan.tables.map(({ name, account, owner }) => [name, account ?? owner ?? null])).toEqual([
      ["categories", null],
      ["users", true],
      ["projects", "user_id"],
      ["tasks", "user_id"],
    ]);
    expect(operations(plan)).toMatchObject({
      "POST /api/users": { kind: "create" },
      "POST /api/login": { kind: "log-in" },
      "POST /api/logout": { kind: "log-out" },
      "GET /api/tasks": { kind: "list" },
    });
    const unique = plan.tables.flatMap(({ name, columns }) =>
      columns.filter((one) => one.unique).map((one) => `${name}.${one.name}`),
    );
    expect(unique.toSorted()).toEqual(["categories.name", "users.email"]); // a slug may be there again once its project is deleted
  });

  it("is enough to ask as somebody who has logged in", async () => {
    const verdict = await judge(project);
    expect(formatVerdict(verdict)).not.toContain("Failed");
  });

  it("is no reason to close what its authors have opened", async () => {
    await project.edit("server/api/tasks/[id].get.ts", "user_id = ${account} and ", "");
    await project.edit("server/api/tasks/[id].get.ts", ", account }", " }");
    const verdict = await judge(project);
    await project.reset();
    expect(formatVerdict(verdict)).toMatch(/^Passed: .* endpoints \(.*\nFailed: tests\n/);
  });
});
