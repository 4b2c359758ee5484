// server/relations/<singular>.ts: what a row refers to, which `include` brings along; and server/utils/include.ts.
import { relationsOf } from "../../../../plan/listing.ts";
import type { Plan, Table } from "../../../../plan/plan.ts";
import { hasOperation, tableOf } from "./plan-tables.ts";
import { importLine, property } from "./source.ts";
import { camel, spoken, typeName } from "./type-names.ts";
import { withArticle } from "../../../../plan/endpoints.ts";

/** Relations of a table whose rows the API shows at all. */
export function embeddable(plan: Plan, table: Table): ReturnType<typeof relationsOf> {
  const shown = hasOperation(plan, table, "list") || hasOperation(plan, table, "get");
  return shown ? relationsOf(table) : [];
}

/** The module of the table's relations, below server/. */
export function relationsModule({ singular }: Table): string {
  return `relations/${singular}.ts`;
}

/** "taskRelations" */
export function relationsName({ singular }: Table): string {
  return `${camel(singular)}Relations`;
}

export function renderRelations(plan: Plan, table: Table): string {
  const relations = embeddable(plan, table);
  const type = typeName(table);
  const parents = [...new Set([table, ...relations.map((relation) => tableOf(plan, relation.table))])];
  const imports = parents
    .toSorted((a, b) => (a.singular < b.singular ? -1 : 1))
    .map((parent) => importLine([typeName(parent)], `../schemas/${parent.singular}.ts`));
  const columns = relations.map(
    ({ name, column, table: target }) => `  ${name}: {\n    column: "${column.name}",\n    table: "${target}",\n  },`,
  );
  const fields = relations.map(({ name, column, table: target }) => {
    const contract = typeName(tableOf(plan, target));
    return property("    ", name, `${contract}${column.nullable ? ".nullable()" : ""}.optional()`);
  });
  const one = withArticle(spoken(table.singular));
  return `import * as z from "zod";
${imports.join("\n")}

/** What ${one} refers to. */
export const ${relationsName(table)} = {
${columns.join("\n")}
};

/** ${one.replace(/^./, (first) => first.toUpperCase())} with those of its relations that were asked for. */
export const ${type}WithRelations = z
  .object({
    ...${type}.shape,
${fields.join("\n")}
  })
  .meta({ id: "${type}WithRelations" });
`;
}

export function renderInclude(): string {
  return `import * as z from "zod";
import { many } from "./db.ts";
import { name, sql } from "./sql.ts";

/** Of each relation by its name: the column that refers, and the table that it refers to. */
type Relations = Record<string, { column: string; table: string }>;

/** \`include\` of a query: names of relations, separated by commas. */
export function includeOf(relations: Relations) {
  const names = Object.keys(relations).join("|");
  return z
    .string()
    .regex(new RegExp(\`^(\${names})(,(\${names}))*$\`))
    .transform((text) => [...new Set(text.split(","))])
    .optional();
}

/** The rows with what the relations in \`include\` refer to, each under the relation's name; one query for each. */
export async function embed<Row extends { id: string }>(rows: Row[], relations: Relations, include: string[] = []) {
  let result = rows;
  for (const [relation, { column, table }] of Object.entries(relations)) {
    if (!include.includes(relation)) continue;
    const reference = (row: Row) => (row as Record<string, unknown>)[column];
    const ids = [...new Set(rows.map(reference))];
    const found = await many<{ id: string }>(sql\`select * from \${name(table)} where id = any(\${ids})\`);
    const byId = new Map<unknown, { id: string }>(found.map((one) => [one.id, one]));
    result = result.map((row) => ({ ...row, [relation]: byId.get(reference(row)) ?? null }));
  }
  return result;
}
`;
}
