// Commands in namespaces of their own (bubblewrap): they see /usr, their sandbox's folders and nothing else, have no network
// and no right over anything outside. What leaves tb's control there is killed with its namespace.
import { launch, type Command } from "../../../processes/launch.ts";
import { ARGUMENTS, bubblewrapArguments, inheritedData } from "./arguments.ts";
import { reachableNode, type ReachableNode } from "./reachable-node.ts";
import { seccompFilter } from "./seccomp.ts";
import { insideEnvironment } from "../inside-environment.ts";
import type { SandboxPlace, Tier } from "../process-tier.ts";

/** Processes and threads of one command; a build and its tests take about a hundred. */
const PROCESSES = 512;

/** How early the kernel ends it when memory runs out, of 1000: before anything of the user's. */
const EXPENDABLE = { build: 1000, serve: 500 };

// Set inside the namespace, where only its own processes count; shells differ in the letter. Then the shell becomes the
// command.
function limit(use: SandboxPlace["use"]): string {
  return `ulimit -p ${PROCESSES} 2>/dev/null || ulimit -u ${PROCESSES} 2>/dev/null
echo ${EXPENDABLE[use]} 2>/dev/null > /proc/self/oom_score_adj
exec "$@"`;
}

const NO_NODE: ReachableNode = { file: null, path: "", folder: "/usr/bin" };

export interface Bubblewrap {
  program: string;
  /** Its options that are not in every version. */
  options: ReadonlySet<string>;
}

/** @param nodeFolder where a copy of Node may be put for users that cannot reach this one; null = there is no Node then. */
export function createBubblewrapTier(
  { program, options }: Bubblewrap,
  passthrough: Readonly<Record<string, string>>,
  nodeFolder: (() => Promise<string>) | null,
): Tier {
  const filter = seccompFilter();
  let node: Promise<ReachableNode> | undefined;

  function findNode(forOther: boolean): Promise<ReachableNode> {
    return (node ??= nodeFolder ? reachableNode(forOther, nodeFolder) : Promise.resolve(NO_NODE));
  }

  return {
    isolation: "bubblewrap",

    async start(place: SandboxPlace, command: Command, env: Readonly<Record<string, string>>) {
      const { file, path, folder } = await findNode(place.owner !== null);
      const inside = { ...insideEnvironment(place, folder, passthrough.TZ), ...env };
      const uid = place.owner?.uid ?? process.getuid!();
      return launch([program, "--args", String(ARGUMENTS), "--", "/bin/sh", "-c", limit(place.use), "tb", ...command], {
        cwd: place.work,
        env: { PATH: "/usr/bin:/bin" }, // what /proc/1/environ shows inside
        mark: place.mark,
        user: place.owner,
        leaderOnlyWaits: true,
        inherit: ([name, value]) => {
          const args = bubblewrapArguments({
            options,
            place,
            node: file === null ? null : { file, path },
            env: { ...inside, [name]: value },
            seccomp: filter !== null,
          });
          return inheritedData(args, filter, uid, place.home);
        },
      });
    },
  };
}
