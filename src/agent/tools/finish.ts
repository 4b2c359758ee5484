import { z } from "zod";
import { TbError } from "../../errors.ts";
import { defineTool } from "./tool.ts";

export const finishSchema = z.strictObject({
  summary: z.string().min(1).max(4000).describe("One or two sentences about what was done"),
});

/** Never run like the others: the loop ends with it, and what verification said becomes its result. */
export const finish = defineTool({
  name: "finish",
  description:
    "Say that the work is complete. Call it alone or as the last call, after the others have succeeded. The project is then verified (types, lint, " +
    "build, every endpoint, tests); when something fails, the failures come back as this call's result and the work goes on.",
  schema: finishSchema,
  effect: "write",
  summarize: () => "finish",
  async run() {
    throw new TbError("usage", "finish must be the last call of an answer.");
  },
});
