// Does the request need a relational database at all? A failure here warns and goes on without one (product.md, C1).
import { callModel } from "../../agent/call-model.ts";
import { toErrorJson, TbError } from "../../errors.ts";
import type { DatabaseNeed } from "../../prompts/detect-database.ts";
import type { CreateStart } from "../create.ts";
import type { Phase } from "../types.ts";
import { askDatabaseNeed } from "../understand.ts";

export const detectDatabaseNeed: Phase<CreateStart, { databaseNeed: DatabaseNeed }> = {
  name: "detect-database-need",
  title: "See whether it needs a database",
  skip: ({ givenPlan }) =>
    givenPlan ? { reason: "given by the plan", instead: { databaseNeed: givenPlan.database } } : undefined,
  run: async ({ request }, run) => {
    try {
      const databaseNeed = await run.step("ask", () =>
        askDatabaseNeed((turn, call) => callModel(run, turn, call), request),
      );
      return { databaseNeed };
    } catch (error) {
      if (error instanceof TbError && error.parks) throw error;
      const { message } = toErrorJson(error);
      await run.emit({ type: "warning", text: `Going on without a database: ${message}` });
      return { databaseNeed: { needed: false, reasoning: `It could not be found out: ${message}` } };
    }
  },
  summarize: ({ databaseNeed }) => (databaseNeed.needed ? "It needs a database" : "It needs no database"),
};
