// server/relations/<singular>.ts: what a row refers to, which `include` brings along; and server/utils/include.ts.
import { relationsOf } from "../../../../plan/listing.ts";
import type { Plan, Table } from "../../../../plan/plan.ts";
import { hasOperation, tableOf } from "./plan-tables.ts";
import { importLine, property } from "./source.ts";
import { listPath } from "./url-files.ts";
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
  const columns = relations.map(({ name, column, table: target }) => {
    const of = tableOf(plan, target);
    const path = of.url ? `    path: "${listPath(of)}",\n` : "";
    return `  ${name}: {\n    column: "${column.name}",\n    table: "${target}",\n${path}  },`;
  });
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

/** Whether rows that are brought along have an absolute url, which depends on the request. */
export function embedsUrls(plan: Plan): boolean {
  return plan.tables.some((table) => embeddable(plan, table).some((relation) => tableOf(plan, relation.table).url));
}

/** The first argument of `embed`, where it needs one. */
export function embedEvent(plan: Plan): string[] {
  return embedsUrls(plan) ? ["event"] : [];
}

/** The same with the absolute url of each row. */
function withUrls(text: string): string {
  return text
    .replace('import * as z from "zod";\n', 'import type { H3Event } from "nitro/h3";\nimport * as z from "zod";\n')
    .replace('from "./db.ts";\n', 'from "./db.ts";\nimport { urlBelow } from "./public-url.ts";\n')
    .replace("that it refers to. */", "that it refers to; and the path of\n * its list, where its rows have a url. */")
    .replace("table: string }>", "table: string; path?: string }>")
    .replace(
      "embed<Row extends { id: string }>(rows: Row[], relations: Relations, include: string[] = [])",
      "embed<Row extends { id: string }>(\n  event: H3Event,\n  rows: Row[],\n  relations: Relations,\n  include: string[] = [],\n)",
    )
    .replace("{ column, table }] of", "{ column, table, path }] of")
    .replace(
      "many<{ id: string }>(sql`select * from ${name(table)} where id = any(${ids})`)",
      "many<{ id: string }>(sql`select ${columns} from ${name(table)} where id = any(${ids})`)",
    )
    .replace(
      "    const found = await",
      "    const columns = path ? sql`*, ${urlBelow(event, path)}` : sql`*`;\n    const found = await",
    );
}

export function renderInclude(plan: Plan): string {
  return embedsUrls(plan) ? withUrls(INCLUDE) : INCLUDE;
}

const INCLUDE = `import * as z from "zod";
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
