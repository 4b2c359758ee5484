import { join } from "node:path";
import type { Config } from "../config.ts";
import { exists } from "../processes/folders.ts";

/** Whether tb was ever used with this home. Commands that only look ask first, because finding the embedded clusters gives a
 * new home its id. */
export function isInstalled({ home }: Pick<Config, "home">): Promise<boolean> {
  return exists(join(home, "secrets", "installation.id"));
}
