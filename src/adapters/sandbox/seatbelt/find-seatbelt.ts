// Whether macOS' own sandbox takes our profile.
import { existsSync } from "node:fs";
import { tryOut, type Found } from "../try-out.ts";
import { createSeatbeltTier, SANDBOX_EXEC } from "./seatbelt-tier.ts";

export async function findSeatbelt(): Promise<Found> {
  if (!existsSync(SANDBOX_EXEC)) return { make: null, reason: `there is no ${SANDBOX_EXEC}`, improvement: null };
  const problem = await tryOut(createSeatbeltTier({}), [process.execPath, "--version"]);
  if (problem !== null) {
    return { make: null, reason: `macOS' sandbox does not start Node: ${problem}`, improvement: null };
  }
  return {
    make: (config) => createSeatbeltTier(config.passthrough),
    reason: "it starts Node here, but tb's security tests have not been run on a Mac",
    improvement: null,
  };
}
