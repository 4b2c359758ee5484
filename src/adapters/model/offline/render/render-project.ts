// The offline model's answer to a plan: every file that it writes on top of the base project.
import { accountTable } from "../../../../plan/accounts.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { renderConstant } from "./constant-file.ts";
import { renderConstantsTest } from "./constants-test.ts";
import { factoryTables, renderFactories } from "./factories-file.ts";
import { renderFields } from "./fields-file.ts";
import { renderJson } from "./json-file.ts";
import { hasJson } from "./plan-tables.ts";
import { renderOpenapi } from "./openapi-file.ts";
import { embeddable, relationsModule, renderInclude, renderRelations } from "./relations-file.ts";
import { renderRoute } from "./route-file.ts";
import { renderSchema } from "./schema-file.ts";
import { renderSearch } from "./search-file.ts";
import { renderTableTest } from "./test-file.ts";
import { renderUrlFiles } from "./url-files.ts";

/** What the base project has files of: those of accounts are written with care, once (render-accounts.ts). */
const OF_THE_BASE = new Set<string>(["log-in", "log-out"]);

export interface RenderedFile {
  /** Relative to the project, with forward slashes. */
  path: string;
  content: string;
}

/** The files of a plan: schemas, routes, tests, openapi.json. The same plan always gives the same files, in the layout of the
 * project's formatter. */
export function renderProject(plan: Plan): RenderedFile[] {
  const constants = plan.endpoints.filter(({ operation }) => operation.kind === "constant");
  const accounts = accountTable(plan.tables);
  const rows = plan.endpoints.filter(({ operation }) => "table" in operation && !OF_THE_BASE.has(operation.kind));
  const related = plan.tables.filter((table) => embeddable(plan, table).length > 0);
  return [
    ...(plan.tables.length > 0 ? [{ path: "server/schemas/fields.ts", content: renderFields(plan) }] : []),
    ...plan.tables.map((table) => ({
      path: `server/schemas/${table.singular}.ts`,
      content: renderSchema(plan, table),
    })),
    ...related.map((table) => ({
      path: `server/${relationsModule(table)}`,
      content: renderRelations(plan, table),
    })),
    ...(related.length > 0 ? [{ path: "server/utils/include.ts", content: renderInclude(plan) }] : []),
    ...(plan.tables.some(({ search }) => search) ? [{ path: "server/utils/search.ts", content: renderSearch() }] : []),
    ...(plan.tables.some(hasJson) ? [{ path: "server/utils/json.ts", content: renderJson() }] : []),
    ...renderUrlFiles(plan),
    ...rows.map((endpoint) => ({ path: endpoint.file, content: renderRoute(plan, endpoint) })),
    ...constants.map((endpoint) => ({
      path: endpoint.file,
      content: renderConstant(endpoint, accounts !== undefined),
    })),
    ...(factoryTables(plan).length > 0 ? [{ path: "tests/factories.ts", content: renderFactories(plan) }] : []),
    ...plan.tables
      .filter((table) => table !== accounts)
      .map((table) => ({ path: `tests/${table.name}.test.ts`, content: renderTableTest(plan, table) })),
    ...(constants.length > 0 ? [{ path: "tests/constants.test.ts", content: renderConstantsTest(constants) }] : []),
    { path: "openapi.json", content: renderOpenapi(plan) },
  ];
}
