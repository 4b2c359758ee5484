// Whether macOS' own sandbox takes our profile.
import { existsSync } from "node:fs";
import { tryOut, type Found } from "../try-out.ts";
import { createSeatbeltTier, SANDBOX_EXEC } from "./seatbelt-tier.ts";

export async function findSeatbelt(): Promise<Found> {
  if (!existsSync(SANDBOX_EXEC)) return { reason: `there is no ${SANDBOX_EXEC}`, improvement: null };
  const problem = await tryOut(createSeatbeltTier({}), [process.execPath, "--version"]);
  if (problem !== null) return { reason: `macOS' sandbox does not start Node: ${problem}`, improvement: null };
  return {
    reason: "macOS' sandbox starts Node here, but no Mac has been through tb's security tests",
    make: (config) => createSeatbeltTier(config.passthrough),
  };
}
