// Commands under macOS' own sandbox (sandbox-exec): they read the system's software and their own folders, write to their own
// folders, and talk to sockets in these alone. Untested on a Mac so far; it is tried before it is chosen.
import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { launch } from "../../../processes/launch.ts";
import { insideEnvironment } from "../inside-environment.ts";
import type { SandboxPlace, Tier } from "../process-tier.ts";

export const SANDBOX_EXEC = "/usr/bin/sandbox-exec";

/** Software and settings of the system; nothing in them is a user's. */
const SYSTEM = [
  "/System",
  "/usr",
  "/bin",
  "/sbin",
  "/Library/Apple",
  "/Library/Developer/CommandLineTools",
  "/opt/homebrew",
  "/private/var/db/dyld",
  "/private/var/db/timezone",
];
const SYSTEM_FILES = ["/private/etc/localtime", "/private/etc/ssl/openssl.cnf", "/dev/random", "/dev/urandom"];

export function createSeatbeltTier(passthrough: Readonly<Record<string, string>>): Tier {
  return {
    isolation: "seatbelt",
    start(place, command, env) {
      const inside = { ...insideEnvironment(place, dirname(process.execPath), passthrough.TZ), ...env };
      const node = dirname(dirname(realpathSync(process.execPath)));
      return launch([SANDBOX_EXEC, "-p", seatbeltProfile(place, node), ...command], {
        cwd: place.work,
        env: inside,
        mark: place.mark,
      });
    },
  };
}

/** @param node the folder that Node is installed in. */
export function seatbeltProfile(place: SandboxPlace, node: string): string {
  const own = [...(place.use === "build" ? [place.work] : []), place.home, place.tmp, ...place.sockets].map(real);
  const readable = [...[place.work, ...place.reads, ...place.gates].map(real), node];
  return `(version 1)
(deny default)
(allow process-fork process-exec)
(allow signal process-info* (target same-sandbox))
(allow sysctl-read)
(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))
(allow file-read-metadata)
(allow file-read* (literal "/") ${SYSTEM.map(subpath).join(" ")})
(allow file-read* ${SYSTEM_FILES.map(literal).join(" ")})
(allow file-read* file-write-data file-ioctl (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty"))
(allow file-read* ${readable.map(subpath).join(" ")})
(allow file-read* file-write* ${own.map(subpath).join(" ")})
(allow network-bind network-inbound ${place.sockets.map(real).map(socketsIn("local")).join(" ") || '(local unix-socket (literal "/none"))'})
(allow network-outbound ${[...place.sockets, ...place.gates].map(real).map(socketsIn("remote")).join(" ") || '(remote unix-socket (literal "/none"))'})
`;
}

/** The kernel judges paths without links, such as /tmp is one. */
function real(path: string): string {
  return realpathSync(path);
}

function subpath(path: string): string {
  return `(subpath ${quote(path)})`;
}

function literal(path: string): string {
  return `(literal ${quote(path)})`;
}

function socketsIn(side: "local" | "remote"): (folder: string) => string {
  return (folder) => `(${side} unix-socket ${subpath(folder)})`;
}

function quote(path: string): string {
  return `"${path.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
