// GET of one row.
import { withArticle } from "../../plan/endpoints.ts";
import type { Table } from "../../plan/plan.ts";
import { badIds } from "./bad-ids.ts";
import { objectOf } from "./prober.ts";
import { differences, endpointFor, extraKeys, type Rows } from "./rows.ts";

export async function probeGet(rows: Rows, table: Table): Promise<void> {
  const { prober } = rows;
  const endpoint = endpointFor(rows.plan, "get", table.name);
  if (!endpoint) return;
  const made = rows.of(table.name);
  const what = `the ${table.singular} that was made`;
  const answers = await prober.sendAll(
    made.map((row) => ({ endpoint, what, id: String(row["id"]), expect: prober.success(endpoint) })),
  );
  for (const [index, answer] of answers.entries()) {
    const body = objectOf(answer);
    if (!body) continue;
    for (const difference of differences(made[index]!, body)) prober.fail(endpoint, `${what}: ${difference}.`);
    for (const problem of prober.planned ? extraKeys(table, body) : [])
      prober.fail(endpoint, `${what}: ${problem} in the answer.`);
  }
  await prober.sendAll(badIds(prober, endpoint, withArticle(table.singular)));
}
