// Tests of rows that belong to one account: nobody else sees them, changes them, or refers to them.
import { accountTable, refersToOwn } from "../../../../plan/accounts.ts";
import type { Plan, Table } from "../../../../plan/plan.ts";
import { createFunction, isMade } from "./factories-file.ts";
import { hasOperation, isRequired, ownColumns, tableOf } from "./plan-tables.ts";
import { newBody, object, pathOf } from "./row-tests.ts";
import { callLine } from "./source.ts";
import { otherSample } from "./test-values.ts";
import { typeName } from "./type-names.ts";

/** For a table whose rows the tests can make. */
export function ownerTests(plan: Plan, table: Table): string[] {
  if (!accountTable(plan.tables) || table.owner === undefined) return [];
  return [unseen(plan, table), ...foreign(plan, table)];
}

function unseen(plan: Plan, table: Table): string {
  const type = typeName(table);
  const has = (kind: "list" | "get" | "update" | "delete") => hasOperation(plan, table, kind);
  const column = ownColumns(table).find((one) => otherSample(one) !== null);
  const asked = (method: string, kind: "get" | "update" | "delete", body: string) => [
    callLine(
      "    ",
      `const ${kind === "get" ? "read" : `${kind}d`} = await call`,
      [`"${method}"`, pathOf(plan, table, kind), body, "other"],
      ";",
    ),
    `    assert.equal(${kind === "get" ? "read" : `${kind}d`}.status, 404);`,
  ];
  const lines = [
    ...(has("get") ? asked("GET", "get", "undefined") : []),
    ...(has("update") && column ? asked("PATCH", "update", `{ ${column.name}: ${otherSample(column)!} }`) : []),
    ...(has("delete") ? asked("DELETE", "delete", "undefined") : []),
    ...(has("list")
      ? [
          callLine(
            "    ",
            `const seen = await call<Page<${type}>>`,
            ['"GET"', pathOf(plan, table, "list"), "undefined", "other"],
            ";",
          ),
          "    assert.deepEqual(seen.body.items, []);",
          callLine(
            "    ",
            "const unknown = await call",
            ['"GET"', pathOf(plan, table, "list"), "undefined", "null"],
            ";",
          ),
          "    assert.equal(unknown.status, 401);",
        ]
      : []),
    ...(has("get")
      ? [
          callLine("    ", `const mine = await call<${type}>`, ['"GET"', pathOf(plan, table, "get")], ";"),
          "    assert.deepEqual(mine.body, row);",
        ]
      : []),
  ];
  return `  it("are there for nobody but the account that made them", async () => {
    const row = await ${createFunction(table)}();
    const other = await signUp();
${lines.join("\n")}
  });`;
}

/** Another one's rows are as good as none, also to refer to. */
function foreign(plan: Plan, table: Table): string[] {
  const columns = ownColumns(table).filter(
    (column) => refersToOwn(plan.tables, table, column) && isMade(plan, tableOf(plan, column.references!.table)),
  );
  return columns.map((column) => {
    const parent = tableOf(plan, column.references!.table);
    const given = isRequired(column) ? "" : object("    ", [`${column.name}: (await ${createFunction(parent)}()).id`]);
    return `  it("are refused when ${column.name} refers to another one's", async () => {
    const body = ${newBody(table, given)};
${callLine("    ", "const { status } = await call", ['"POST"', pathOf(plan, table, "create"), "body", "await signUp()"], ";")}
    assert.equal(status, 409);
  });`;
  });
}
