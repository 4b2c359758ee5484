// Everything that a command in an isolated tier may know of the machine.
import { existsSync } from "node:fs";
import { untrustedNpmSettings } from "../../processes/clean-environment.ts";
import { compiledEnvironment } from "./compiled-code.ts";
import type { SandboxPlace } from "./process-tier.ts";

/** No proxy and no certificate, because there is no network; no folder of the user's search path, because it is not there.
 * @param node the folder of Node. */
export function insideEnvironment(
  { use, work, home, tmp, bins, compiled }: SandboxPlace,
  node: string,
  timezone: string | undefined,
): Record<string, string> {
  const build = use === "build";
  const folders = [
    ...bins,
    node,
    ...(build ? [`${work}/node_modules/.bin`] : []),
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
  ];
  return {
    PATH: [...new Set(folders)].join(":"),
    HOME: home,
    TMPDIR: tmp,
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    ...(timezone !== undefined && { TZ: timezone }),
    ...(compiled !== null && existsSync(compiled) && compiledEnvironment(compiled)),
    ...(build && { CI: "1", ...untrustedNpmSettings(home) }),
  };
}
