// tests/<table>.test.ts: what every endpoint of a table promises, checked against a real database.
import type { Plan, Table } from "../../../../plan/plan.ts";
import { deleteAllTests } from "./delete-all-tests.ts";
import { factoryTables, isMade } from "./factories-file.ts";
import { ownerTests } from "./owner-tests.ts";
import { importLine } from "./source.ts";
import { refusalTests } from "./refusal-tests.ts";
import { relationTests } from "./relation-tests.ts";
import { rowTests } from "./row-tests.ts";
import { searchTests } from "./search-tests.ts";
import { softDeleteTests } from "./soft-delete-tests.ts";
import { spoken, typeName } from "./type-names.ts";
import { urlTests } from "./url-tests.ts";

export function renderTableTest(plan: Plan, table: Table): string {
  const cases = [
    ...(isMade(plan, table) ? rowTests(plan, table) : []),
    ...refusalTests(plan, table),
    ...relationTests(plan, table),
    ...(table.url && isMade(plan, table) ? urlTests(plan, table) : []),
    ...(isMade(plan, table) ? deleteAllTests(plan, table) : []),
    ...(table.softDelete && isMade(plan, table) ? softDeleteTests(plan, table) : []),
    ...(table.search && isMade(plan, table) ? searchTests(plan, table) : []),
    ...(isMade(plan, table) ? ownerTests(plan, table) : []),
  ];
  const text = `describe("${spoken(table.name)}", () => {\n${cases.join("\n\n")}\n});\n`;
  return `${imports(plan, text)}\n\n${text}`;
}

function imports(plan: Plan, text: string): string {
  const uses = (name: string) => new RegExp(`\\b${name}\\b`).test(text);
  const types = plan.tables.filter((other) =>
    new RegExp(`(?:<|as )${typeName(other)}(?:\\[\\])?>|\\bPage<${typeName(other)}>`).test(text),
  );
  const factories = factoryTables(plan)
    .flatMap(({ singular }) => factoryNames(singular))
    .filter(uses);
  const sorted = factories.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return [
    'import assert from "node:assert/strict";',
    'import { describe, it } from "node:test";',
    ...(uses("randomInt") ? ['import { randomInt } from "node:crypto";'] : []),
    ...(uses("nanoid") ? ['import { nanoid } from "nanoid";'] : []),
    ...types
      .toSorted((a, b) => (a.singular < b.singular ? -1 : 1))
      .map((other) => `import type { ${typeName(other)} } from "../server/schemas/${other.singular}.ts";`),
    ...(text.includes("await one<") ? ['import { one } from "../server/utils/db.ts";'] : []),
    ...(text.includes("sql`") ? ['import { sql } from "../server/utils/sql.ts";'] : []),
    importLine(
      ["call", ...(uses("Page") ? ["type Page"] : []), ...["readAll", "signUp", "UNKNOWN_ID"].filter(uses)],
      "./app.ts",
    ),
    ...(sorted.length > 0 ? [importLine(sorted, "./factories.ts")] : []),
  ].join("\n");
}

function factoryNames(singular: string): string[] {
  const name = singular.replace(/(?:^|_)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
  return [`create${name}`, `new${name}`];
}
