// Where the files of the package are. This module is the only one that knows: code is bundled, so other modules do not
// run where their source lies.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's folder. Both src and dist, where the bundle lies flat, are one level below it. */
export function packageRoot(): string {
  return dirname(dirname(fileURLToPath(import.meta.url)));
}
