import * as z from "zod";
import { one } from "../utils/db.ts";
import { route } from "../utils/route.ts";
import { sql } from "../utils/sql.ts";
import { unixNow } from "../utils/time.ts";

const Health = z.object({ status: z.literal("ok"), timestamp: z.int() }).meta({ id: "Health" });

export default route({
  summary: "Report that the server and its database answer",
  returns: Health,
  errors: [503],
  handler: async () => {
    await one(sql`select 1 as one`);
    return { status: "ok" as const, timestamp: unixNow() };
  },
});
