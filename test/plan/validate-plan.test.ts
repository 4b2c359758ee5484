import { describe, expect, test } from "vitest";
import { completePlan, newColumn } from "../../src/plan/build-plan.ts";
import type { Column, Plan } from "../../src/plan/plan.ts";
import { designAnswerJsonSchema, designAnswerSchema } from "../../src/plan/plan-schema.ts";
import { planProblems, validatePlan } from "../../src/plan/validate-plan.ts";
import { TbError } from "../../src/errors.ts";

function validPlan(): Plan {
  const columns = [
    newColumn("title", "string"),
    newColumn("owner_id", "reference", { references: { table: "users", onDelete: "cascade" } }),
  ];
  return completePlan({
    request: "for a test",
    tables: [
      { name: "users", singular: "user", columns: [newColumn("email", "email", { unique: true })] },
      { name: "tasks", singular: "task", columns },
    ],
    constants: [{ path: "/api/ping", body: { pong: true } }],
    assumptions: ["a sentence"],
  });
}

/** The problems after one change of a valid plan. */
function problemsWith(change: (plan: Plan) => void): string[] {
  const plan = validPlan();
  change(plan);
  return planProblems(plan);
}

function withColumn(column: Partial<Column> & Pick<Column, "type">): string[] {
  return problemsWith((plan) => {
    plan.tables[1]!.columns[1] = { ...newColumn("title", "string"), ...column };
  });
}

test("a valid plan comes back as it is", () => {
  expect(validatePlan(validPlan())).toEqual(validPlan());
  expect(designAnswerSchema.parse({ understood: true, plan: validPlan() })).toEqual({
    understood: true,
    plan: validPlan(),
  });
});

const NAMES = [
  'a"; drop table users; --',
  "a b",
  "../etc",
  "A",
  "_a",
  "a__b",
  "a_",
  "9a",
  "ä",
  "a\u0000",
  "a\n",
  "",
  "__proto__",
  "constructor",
  "x".repeat(64),
  "${process.env.HOME}",
  "а", // Cyrillic
];

describe("names that end up in SQL and files", () => {
  test.each(NAMES)("%j is no column", (name) => {
    const problems = problemsWith((plan) => {
      plan.tables[1]!.columns[1]!.name = name;
    });
    expect(problems.join("\n")).toContain("tables[1].columns[1].name: ");
  });

  test.each([...NAMES.filter((name) => name !== "constructor"), "pg_catalog", "schema_migrations", "health"])(
    "%j is no table",
    (name) => {
      const problems = problemsWith((plan) => {
        plan.tables[1]!.name = name;
      });
      expect(problems.join("\n")).toContain("tables[1].name: ");
    },
  );

  test.each(["ctid", "xmin", "tableoid"])("%s is a system column", (name) => {
    expect(withColumn({ name, type: "string", maxLength: 10 })).toEqual([
      `tables[1].columns[1].name: "${name}" is reserved: it is a system column of Postgres`,
    ]);
  });

  test.each(["../x", "Todo", "a--b", "-a", "a/b", "a b", "", "x".repeat(51)])("%j is no project", (name) => {
    expect(problemsWith((plan) => void (plan.name = name)).join()).toContain("name: ");
  });

  test.each(["order", "select", "user", "group", "table"])("the SQL keyword %s is a name like any other", (name) => {
    expect(withColumn({ name, type: "string", maxLength: 10 })).toEqual([]);
  });
});

function changeEndpoint(index: number, key: "path" | "file" | "method", value: string): string[] {
  return problemsWith((plan) => Object.assign(plan.endpoints[index]!, { [key]: value }));
}

describe("endpoints follow from the tables", () => {
  test.each([
    ["file", "../../etc/passwd"],
    ["file", "server/api/../../x.ts"],
    ["file", "/etc/passwd"],
    ["file", "server/api/users/index.get.ts\u0000"],
    ["file", "server/api/other.get.ts"],
    ["path", "/api/users/../health"],
    ["path", "/users"],
    ["path", "/api/users/*"],
    ["method", "POST"],
  ] as const)("a list whose %s is %j is refused", (key, value) => {
    expect(changeEndpoint(2, key, value).join("\n")).toContain(`endpoints[2].${key}: must be`);
  });

  test.each([
    "/api/../x",
    "/api/Ping",
    "/ping",
    "/api/users/{id}",
    "/api/a/index",
    "/api/health",
    "/api/",
    "/api/a//b",
    "/api/a.b",
    "/api/x?y",
  ])("a constant at %s is refused", (path) => {
    expect(changeEndpoint(1, "path", path).join("\n")).toMatch(/endpoints\[1\]/);
  });

  test("a nested list must go through a reference to its parent", () => {
    const problems = problemsWith((plan) => {
      plan.endpoints.at(-1)!.operation = { kind: "nested-list", table: "tasks", parent: "users", column: "title" };
    });
    expect(problems).toEqual([
      `endpoints[${validPlan().endpoints.length - 1}].operation.column: "title" of "tasks" does not refer to "users"`,
    ]);
  });

  test("twice the same, an unknown table, no health check", () => {
    expect(problemsWith((plan) => plan.endpoints.push(plan.endpoints[2]!))).toEqual([
      `endpoints[${validPlan().endpoints.length}]: GET /api/users is there twice`,
    ]);
    expect(problemsWith((plan) => void (plan.endpoints[2]!.operation = { kind: "list", table: "ghosts" }))).toEqual([
      'endpoints[2].operation.table: there is no table "ghosts"',
    ]);
    expect(problemsWith((plan) => plan.endpoints.shift())).toEqual(["endpoints: GET /api/health is missing"]);
  });

  test("a summary is one line without control characters", () => {
    expect(problemsWith((plan) => void (plan.endpoints[2]!.summary = "x\u001b[31m")).join()).toContain(
      "endpoints[2].summary: ",
    );
    expect(problemsWith((plan) => void (plan.endpoints[2]!.summary = "x\ny")).join()).toContain(
      "endpoints[2].summary: ",
    );
  });
});

describe("columns hold what their type can hold", () => {
  test.each<[Partial<Column> & Pick<Column, "type">, string]>([
    [{ type: "boolean", default: "yes" }, '.default: "yes" is not true or false'],
    [{ type: "integer", default: 1.5 }, ".default: 1.5 is not a whole number of 32 bits"],
    [{ type: "integer", default: 2 ** 31 }, "is not a whole number of 32 bits"],
    [{ type: "integer", default: 9, maximum: 5 }, ".default: 9 is outside the bounds"],
    [{ type: "decimal", default: 0.005 }, "at most two places"],
    [{ type: "date", default: "2026-02-30" }, "is not a date"],
    [{ type: "timestamp", default: "now()" }, "is not now or a number"],
    [{ type: "string", maxLength: 3, default: "long" }, "longer than the column"],
    [{ type: "string", maxLength: 30, default: "a\nb" }, "control characters"],
    [{ type: "email", maxLength: 320, default: "nobody" }, "e-mail address"],
    [{ type: "url", maxLength: 320, default: "javascript:alert(1)" }, "http address"],
    [{ type: "json", default: "{}" }, "has no default"],
    [{ type: "enum", values: ["a", "b"], default: "c" }, "not one of the allowed values"],
    [{ type: "enum" }, ".values: is missing"],
    [{ type: "enum", values: ["a", "a"] }, "names a value twice"],
    [{ type: "string" }, ".maxLength: is missing"],
    [{ type: "text", maxLength: 5 }, ".maxLength: does not belong"],
    [{ type: "text", unique: true }, "cannot be unique"],
    [{ type: "string", maxLength: 651, unique: true }, "at most 650"],
    [{ type: "string", maxLength: 5, minLength: 6 }, "larger than maxLength"],
    [{ type: "integer", minimum: 5, maximum: 1 }, "larger than maximum"],
    [{ type: "integer", unique: true, default: 1 }, "unique column cannot have a default"],
    [{ type: "reference", references: { table: "users", onDelete: "restrict" } }, "a reference ends in _id"],
    [{ name: "user_id", type: "reference" }, ".references: is missing"],
    [
      { name: "user_id", type: "reference", references: { table: "users", onDelete: "set null" } },
      "needs a nullable column",
    ],
    [
      { name: "x_id", type: "reference", references: { table: "ghosts", onDelete: "restrict" } },
      'there is no table "ghosts"',
    ],
    [
      { name: "task_id", type: "reference", references: { table: "tasks", onDelete: "restrict" } },
      "to its own table must be nullable",
    ],
    [{ type: "id" }, "only the column id"],
  ])("%j is refused", (column, told) => {
    const problems = withColumn(column);
    expect(problems.join("\n")).toContain(told);
    expect(problems.every((problem) => problem.startsWith("tables[1].columns[1]"))).toBe(true);
  });

  test("built-in columns stand where they belong", () => {
    expect(
      problemsWith((plan) => void (plan.tables[0]!.columns = plan.tables[0]!.columns.toReversed())).length,
    ).toBeGreaterThan(0);
    expect(problemsWith((plan) => plan.tables[0]!.columns.shift()).join()).toContain('must be "id"');
    expect(problemsWith((plan) => void (plan.tables[0]!.columns[0]!.type = "integer")).join()).toContain(
      "must be a required id",
    );
  });
});

test("tables in the wrong order, twice, or in a circle are refused", () => {
  expect(problemsWith((plan) => void (plan.tables = plan.tables.toReversed())).join()).toContain(
    '"users" must come before "tasks"',
  );
  expect(problemsWith((plan) => plan.tables.push(plan.tables[0]!)).join()).toContain(
    'tables[2].name: "users" is there twice',
  );
  const circle = problemsWith((plan) => {
    const back = newColumn("task_id", "reference", { references: { table: "tasks", onDelete: "restrict" } });
    plan.tables[0]!.columns.splice(1, 0, back);
  });
  expect(circle.join()).toContain("cannot be created");
});

function errorOf(work: () => unknown): TbError {
  try {
    work();
  } catch (error) {
    if (error instanceof TbError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("all problems are told at once, by their JSON paths", () => {
  const plan = { ...validPlan(), name: "../x", extra: 1, tables: [{ name: "a;b", singular: 3, columns: [] }] };
  const { code, details = [] } = errorOf(() => validatePlan(plan));
  expect(code).toBe("usage");
  expect(details.map((line) => line.split(":")[0])).toEqual([
    "name",
    "tables[0].name",
    "tables[0].singular",
    "tables[0].columns",
    "plan",
  ]);
});

test("what is no plan at all is refused, however large or deep", () => {
  for (const value of [null, undefined, 1, "plan", [], {}, Object.create(null)])
    expect(planProblems(value).length).toBeGreaterThan(0);
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(planProblems({ ...validPlan(), request: deep })).toEqual(["plan: is nested more than 40 levels deep"]);
  const many = problemsWith((plan) => void (plan.tables = Array.from({ length: 101 }, () => plan.tables[0]!)));
  expect(many.join()).toContain("tables: Too big");
  const body = problemsWith(
    (plan) => void (plan.endpoints[1]!.operation = { kind: "constant", body: "x".repeat(20_000) }),
  );
  expect(body.join()).toContain("larger than 10,000");
});

test("the design answer has a JSON Schema that a model can be held to", () => {
  const text = JSON.stringify(designAnswerJsonSchema());
  for (const word of ["understood", "tables", "assumptions", "nested-list", "maxLength", "suggestion"])
    expect(text).toContain(word);
});
