import * as z from "zod";
import { route } from "../utils/route.ts";
import { unixNow } from "../utils/time.ts";

const Health = z.object({ status: z.literal("ok"), timestamp: z.int() }).meta({ id: "Health" });

export default route({
  summary: "Report that the server answers",
  returns: Health,
  handler: async () => ({ status: "ok" as const, timestamp: unixNow() }),
});
