// Commands in containers of an engine that the user has (docker or podman), when the user asks for it: one container each, with
// the sandbox's own folders and nothing else of this machine. Tested with a stand-in for the engine only.
import { homedir } from "node:os";
import { launch, type Command } from "../../../processes/launch.ts";
import type { ReachableNode } from "../bubblewrap/reachable-node.ts";
import { insideEnvironment } from "../inside-environment.ts";
import type { SandboxPlace, Tier } from "../process-tier.ts";

/** Debian with what Node needs; never fetched unasked. */
export const IMAGE = "docker.io/library/node:24-slim";

export interface Engine {
  name: "docker" | "podman";
  program: string;
  /** Its root is the user who started it, not this machine's. */
  rootless: boolean;
}

const PROCESSES = 512;
const MIB = 1024 * 1024;
const MEMORY = 4096 * MIB;

// The first process of the container: with it everything there ends. It ends with the command, and when the other end of its
// input closes, which it does whatever happens to tb and to the engine's client.
const FIRST = `exec 3<&0 </dev/null
"$@" 3<&- &
command=$!
trap 'kill -TERM $command 2>/dev/null' TERM INT
trap 'exit 137' USR1
(read -r _ <&3; kill -USR1 $$) >/dev/null 2>&1 &
exec 3<&-
while kill -0 $command 2>/dev/null; do wait $command; code=$?; done
exit $code`;

/** @param node what commands call Node, and the file that is bound there. */
export function createContainerTier(
  engine: Engine,
  passthrough: Readonly<Record<string, string>>,
  node: (forOther: boolean) => Promise<ReachableNode>,
): Tier {
  return {
    isolation: "container",
    async start(place: SandboxPlace, command: Command, env: Readonly<Record<string, string>>) {
      const reachable = await node(place.owner !== null);
      const inside = { ...insideEnvironment(place, reachable.folder, passthrough.TZ), ...env };
      const values = Object.entries(inside);
      const args = containerArguments(engine, place, reachable);
      const names = values.flatMap(([name, value]) =>
        OF_CLIENT.has(name) ? ["--env", `${name}=${value}`] : ["--env", name],
      );
      return launch([engine.program, ...args, ...names, IMAGE, "/bin/sh", "-c", FIRST, "tb", ...command], {
        cwd: "/",
        // The client's own, and what the container is given by name only, so that it is on no command line.
        env: {
          ...Object.fromEntries(values.filter(([name]) => !OF_CLIENT.has(name))),
          ...clientEnvironment(passthrough),
        },
        mark: place.mark,
        heldInput: true,
      });
    },
  };
}

/** Set for the client, so the container's are told in the arguments; none of them is secret. */
const OF_CLIENT = new Set(["PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"]);

/** What the engine's client itself needs. */
export function clientEnvironment(passthrough: Readonly<Record<string, string>>): Record<string, string> {
  const { PATH = "/usr/bin:/bin", DOCKER_HOST, XDG_RUNTIME_DIR } = passthrough;
  return {
    PATH,
    HOME: homedir(),
    ...(DOCKER_HOST !== undefined && { DOCKER_HOST }),
    ...(XDG_RUNTIME_DIR !== undefined && { XDG_RUNTIME_DIR }),
  };
}

/** Everything up to the environment. */
export function containerArguments(engine: Engine, place: SandboxPlace, node: ReachableNode): string[] {
  const serve = place.use === "serve";
  const writable = [...(serve ? [] : [place.work]), place.home, place.tmp, ...place.sockets];
  const readable = [...(serve ? [place.work] : []), ...place.reads, ...place.gates];
  return [
    ["run", "--rm", "--interactive", "--pull", "never", "--hostname", "sandbox", "--workdir", place.work],
    ["--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    engine.name === "podman" ? ["--security-opt", "label=disable"] : [],
    ["--pids-limit", String(PROCESSES), "--memory", String(MEMORY), "--memory-swap", String(MEMORY)],
    ["--ulimit", "nofile=8192:8192", "--ulimit", "core=0:0", "--ulimit", `fsize=${1024 * MIB}:${1024 * MIB}`],
    ["--tmpfs", `/tmp:rw,exec,nosuid,nodev,mode=1777,size=${256 * MIB}`, "--shm-size", String(64 * MIB)],
    ["--user", userOf(engine, place)],
    engine.name === "podman" && engine.rootless ? ["--userns", "keep-id"] : [],
    ...writable.filter((folder) => folder !== "/tmp").map((folder) => mount(folder, folder)),
    ...readable.map((folder) => mount(folder, folder, "readonly")),
    mount(node.file ?? node.path, node.path, "readonly"),
  ].flat();
}

/** docker's rootless engine takes its own user for root; podman is told to keep the numbers. */
function userOf({ name, rootless }: Engine, { owner }: SandboxPlace): string {
  if (name === "docker" && rootless) return "0:0";
  return owner ? `${owner.uid}:${owner.gid}` : `${process.getuid?.()}:${process.getgid?.()}`;
}

/** The option is read as CSV, so a path may hold commas; quotation marks are in no folder of tb's. */
function mount(source: string, target: string, ...more: string[]): string[] {
  return ["--mount", ["type=bind", `"source=${source}"`, `"target=${target}"`, ...more].join(",")];
}
