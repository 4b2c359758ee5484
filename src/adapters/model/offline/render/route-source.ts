// How a route file is put together.
import type { Endpoint, Table } from "../../../../plan/plan.ts";
import { importLine, textProperty, width, WIDTH } from "./source.ts";
import { spoken } from "./type-names.ts";

/** A route file before it is put together: what its contract says and what its handler does. */
export interface Route {
  /** Names to import by module, below server/. */
  imports: Record<string, string[]>;
  /** From other packages. */
  packages?: string[];
  /** Declarations before the route. */
  before?: string;
  /** Lines of the contract after the summary. */
  contract: string[];
  /** What the handler takes: "{ params, body }". */
  input: string;
  body: string[];
}

/** The whole text of the file. */
export function assemble({ file, summary }: Endpoint, route: Route): string {
  const up = "../".repeat(file.split("/").length - 2);
  const modules = Object.keys(route.imports).toSorted();
  const lines = [
    ...(route.packages ?? []),
    ...modules.map((module) => importLine(route.imports[module]!.toSorted(byName), `${up}${module}`)),
    "",
    ...(route.before ? [route.before, ""] : []),
    "export default route({",
    textProperty("  ", "summary", summary),
    ...route.contract.map((line) => `  ${line},`),
    `  handler: async (${route.input}) => {`,
    ...route.body.map((line) => `    ${line}`),
    "  },",
    "});",
  ];
  return `${lines.join("\n")}\n`;
}

function byName(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}

/** The module of the table's contracts, below server/. */
export function schemaModule(table: Table): string {
  return `schemas/${table.singular}.ts`;
}

/** Ends the handler with 404 when there is no such row. */
export function notFound({ singular }: Table, row: string): string {
  return `if (!${row}) throw problem(404, "No ${spoken(singular)} has this id.");`;
}

/** `const row = await call(sql`…`);` on one line where it fits. */
export function statement(row: string, call: string, text: string[]): string[] {
  const line = `const ${row} = await ${call}(sql\`${text.join(" ")}\`);`;
  if (width(`    ${line}`) <= WIDTH) return [line];
  return [
    `const ${row} = await ${call}(sql\``,
    ...text.slice(0, -1).map((part) => `  ${part}`),
    `  ${text.at(-1)!}\`);`,
  ];
}
