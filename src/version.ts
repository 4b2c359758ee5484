import { readFileSync } from "node:fs";

/** tb's own version, from its package. */
export function tbVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
