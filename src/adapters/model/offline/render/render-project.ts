// The offline model's answer to a plan: every file that it writes on top of the base project.
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

export interface RenderedFile {
  /** Relative to the project, with forward slashes. */
  path: string;
  content: string;
}

/** The files of a plan: schemas, routes, tests, openapi.json. The same plan always gives the same files, in the layout of the
 * project's formatter. */
export function renderProject(plan: Plan): RenderedFile[] {
  const constants = plan.endpoints.filter(({ operation }) => operation.kind === "constant");
  const rows = plan.endpoints.filter(({ operation }) => operation.kind !== "constant" && operation.kind !== "health");
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
    ...constants.map((endpoint) => ({ path: endpoint.file, content: renderConstant(endpoint) })),
    ...(factoryTables(plan).length > 0 ? [{ path: "tests/factories.ts", content: renderFactories(plan) }] : []),
    ...plan.tables.map((table) => ({ path: `tests/${table.name}.test.ts`, content: renderTableTest(plan, table) })),
    ...(constants.length > 0 ? [{ path: "tests/constants.test.ts", content: renderConstantsTest(constants) }] : []),
    { path: "openapi.json", content: renderOpenapi(plan) },
  ];
}
