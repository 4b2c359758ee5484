// Tests of what is refused: unknown ids, values that do not fit, conflicts.
import type { Plan, Table } from "../../../../plan/plan.ts";
import { createFunction, isMade } from "./factories-file.ts";
import { newBody, object, pathOf } from "./row-tests.ts";
import { hasOperation, isRequired, ownColumns } from "./plan-tables.ts";
import { callLine } from "./source.ts";
import { otherSample, sample } from "./test-values.ts";
import { wrongValues } from "./wrong-values.ts";

export function refusalTests(plan: Plan, table: Table): string[] {
  const create = hasOperation(plan, table, "create");
  return [
    ...unknownId(plan, table),
    ...(create ? [missing(plan, table), unknownField(plan, table), wrong(plan, table)].flat() : []),
    ...(hasOperation(plan, table, "update") && isMade(plan, table) ? [emptyChange(plan, table)] : []),
    ...(create && isMade(plan, table) ? conflicts(plan, table) : []),
    ...(create ? dangling(plan, table) : []),
    ...(hasOperation(plan, table, "list") ? [badPage(plan, table)] : []),
  ];
}

/** How a call on one row is made and what its answer is called. */
const ONE_ROW = {
  get: { method: "GET", answer: "read" },
  update: { method: "PATCH", answer: "changed" },
  delete: { method: "DELETE", answer: "deleted" },
} as const;

function unknownId(plan: Plan, table: Table): string[] {
  const column = ownColumns(table).find((candidate) => otherSample(candidate) !== null);
  const kinds = (["get", "update", "delete"] as const).filter(
    (kind) => hasOperation(plan, table, kind) && (kind !== "update" || column),
  );
  if (kinds.length === 0) return [];
  const lines = kinds.flatMap((kind) => {
    const { method, answer } = ONE_ROW[kind];
    const items = [`"${method}"`, pathOf(plan, table, kind, "id"), ...(kind === "update" ? ["changes"] : [])];
    return [
      callLine("      ", `const ${answer} = await call`, items, ";"),
      `      assert.equal(${answer}.status, status);`,
    ];
  });
  const changes = kinds.includes("update")
    ? `    const changes = ${object("    ", [`${column!.name}: ${sample(column!)}`])};\n`
    : "";
  return [
    `  it("are not found by an unknown id, nor by what is no id", async () => {
${changes}    const cases = [
      { id: UNKNOWN_ID, status: 404 },
      { id: "1", status: 400 },
    ];
    for (const { id, status } of cases) {
${lines.join("\n")}
    }
  });`,
  ];
}

function missing(plan: Plan, table: Table): string[] {
  const required = ownColumns(table).filter(isRequired);
  if (required.length === 0) return [];
  const lines = required.map(({ name }) => `    assert.ok(wrong.has("${name}"));`);
  return [
    `  it("are refused without what is required", async () => {
${callLine("    ", "const { status, body } = await call", ['"POST"', pathOf(plan, table, "create"), "{}"], ";")}
    assert.equal(status, 422);
    const wrong = new Set(body.errors?.map(({ path }) => path));
${lines.join("\n")}
  });`,
  ];
}

function unknownField(plan: Plan, table: Table): string[] {
  if (!isMade(plan, table)) return [];
  const body = newBody(table);
  return [
    `  it("are refused with a field that does not exist", async () => {
    const body = { ...${body.startsWith("await") ? `(${body})` : body}, no_such_field: 1 };
${callLine("    ", "const { status } = await call", ['"POST"', pathOf(plan, table, "create"), "body"], ";")}
    assert.equal(status, 422);
  });`,
  ];
}

function wrong(plan: Plan, table: Table): string[] {
  const cases = ownColumns(table).flatMap((column) =>
    wrongValues(column).map((value) => `      ["${column.name}", ${value}],`),
  );
  if (cases.length === 0 || !isMade(plan, table)) return [];
  return [
    `  it("are refused with a value that does not fit", async () => {
    const body = ${newBody(table)};
    const wrong: [string, unknown][] = [
${cases.join("\n")}
    ];
    for (const [field, value] of wrong) {
      const sent = { ...body, [field]: value };
${callLine("      ", "const answer = await call", ['"POST"', pathOf(plan, table, "create"), "sent"], ";")}
      assert.equal(answer.status, 422, field);
      assert.ok(answer.body.errors?.some(({ path }) => path.split(".")[0] === field));
    }
  });`,
  ];
}

function emptyChange(plan: Plan, table: Table): string {
  return `  it("are not changed by nothing, nor in their id", async () => {
    const row = await ${createFunction(table)}();
    for (const changes of [{}, { id: UNKNOWN_ID }]) {
${callLine("      ", "const { status } = await call", ['"PATCH"', pathOf(plan, table, "update"), "changes"], ";")}
      assert.equal(status, 422);
    }
  });`;
}

function conflicts(plan: Plan, table: Table): string[] {
  const unique = ownColumns(table)
    .filter((column) => column.unique && column.type !== "reference" && !column.references && !column.nullable)
    .map(({ name, type }) => {
      const value = type === "email" ? `row.${name}.toUpperCase()` : `row.${name}`;
      return conflict(plan, table, `the ${name}`, [`${name}: ${value}`]);
    });
  const together = table.uniqueTogether ?? [];
  if (together.length === 0) return unique;
  const values = together.map((name) => `${name}: row.${name}`);
  return [...unique, conflict(plan, table, `the same ${together.join(" and ")}`, values)];
}

function conflict(plan: Plan, table: Table, what: string, values: string[]): string {
  const create = pathOf(plan, table, "create");
  return `  it("are refused when another one has ${what}", async () => {
    const row = await ${createFunction(table)}();
    const body = ${newBody(table, object("    ", values))};
${callLine("    ", "const answer = await call", ['"POST"', create, "body"], ";")}
    assert.equal(answer.status, 409);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
  });`;
}

function dangling(plan: Plan, table: Table): string[] {
  if (!isMade(plan, table)) return [];
  return ownColumns(table)
    .filter(({ references }) => references)
    .map(
      ({ name }) => `  it("are refused when ${name} refers to nothing", async () => {
    const body = ${newBody(table, object("    ", [`${name}: UNKNOWN_ID`]))};
${callLine("    ", "const { status } = await call", ['"POST"', pathOf(plan, table, "create"), "body"], ";")}
    assert.equal(status, 409);
  });`,
    );
}

function badPage(plan: Plan, table: Table): string {
  const path = pathOf(plan, table, "list").slice(1, -1);
  return `  it("are not listed for a query that is wrong", async () => {
    for (const query of ["limit=0", "limit=101", "cursor=x", "sort=-", "include=-", "no_such_field=1"]) {
${callLine("      ", "const { status } = await call", ['"GET"', `\`${path}?\${query}\``], ";")}
      assert.equal(status, 400, query);
    }
  });`;
}
