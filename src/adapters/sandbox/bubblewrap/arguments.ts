// What a sandbox sees: the arguments of bwrap. Nothing of / is bound but /usr and named files, and nothing can be written but
// the sandbox's own folders.
import { existsSync, readlinkSync } from "node:fs";
import type { SandboxPlace } from "../process-tier.ts";

/** Descriptors that bwrap reads (launch.ts hands them over in this order). */
export const ARGUMENTS = 4;
const SECCOMP = 5;
const PASSWD = 6;
const GROUP = 7;
const HOSTS = 8;

/** MiB of memory each, because that is what they are made of. */
const TMP_SIZE = 256;
const SHM_SIZE = 64;

/** Folders of the root that are links into /usr, or folders of their own on older systems. */
const ROOT_FOLDERS = ["bin", "sbin", "lib", "lib32", "lib64"];
/** Needed to start a program or to know the time; none tells anything of this machine's users or network. */
const ETC = ["/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf"];

export interface View {
  /** Options of this bwrap that older ones do not have. */
  options: ReadonlySet<string>;
  place: SandboxPlace;
  /** Node: the file that is bound, and the path at which commands name it; null when it is in /usr anyway. */
  node: { file: string; path: string } | null;
  /** The whole environment of the command. */
  env: Readonly<Record<string, string>>;
  seccomp: boolean;
}

export function bubblewrapArguments({ options, place, node, env, seccomp }: View): string[] {
  const size = (mebibytes: number) => (options.has("--size") ? ["--size", String(mebibytes * 1024 * 1024)] : []);
  const tree = place.use === "build" ? [place.work] : [];
  // /tmp itself is memory of its own; what is only served, or only tries whether all this works, has nothing else.
  const writable = [...tree, place.home, place.tmp, ...place.sockets].filter((folder) => folder !== "/tmp");
  const readable = [...(place.use === "serve" ? [place.work] : []), ...place.reads, ...place.gates];
  const groups: string[][] = [
    ["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"],
    options.has("--disable-userns") ? ["--disable-userns"] : [], // the filter refuses them too
    ["--cap-drop", "ALL", "--die-with-parent", "--new-session", "--hostname", "sandbox"],
    ["--ro-bind", "/usr", "/usr"],
    ...ROOT_FOLDERS.map(rootFolder),
    ...ETC.map((path) => ["--ro-bind-try", path, path]),
    ["--ro-bind-data", String(PASSWD), "/etc/passwd", "--ro-bind-data", String(GROUP), "/etc/group"],
    ["--ro-bind-data", String(HOSTS), "/etc/hosts"],
    ["--proc", "/proc", "--dev", "/dev"],
    [...size(SHM_SIZE), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    [...size(TMP_SIZE), "--tmpfs", "/tmp"],
    ...writable.map((folder) => ["--bind", folder, folder]),
    place.compiled === null ? [] : ["--ro-bind-try", place.compiled, place.compiled],
    ...readable.map((folder) => ["--ro-bind", folder, folder]),
    node ? ["--ro-bind", node.file, node.path] : [],
    ["--remount-ro", "/", "--chdir", place.work, "--clearenv"],
    ...Object.entries(env).map(([name, value]) => ["--setenv", name, value]),
    seccomp ? ["--seccomp", String(SECCOMP)] : [],
  ];
  return groups.flat();
}

/** The contents of the descriptors, in order. A NUL cannot be in an argument; whoever passes one is told by `launch`. */
export function inheritedData(args: readonly string[], filter: Buffer | null, uid: number, home: string) {
  return [
    args.map((arg) => `${arg}\0`).join(""),
    filter ?? "",
    `root:x:0:0:root:/:/bin/false\nsandbox:x:${uid}:${uid}::${home}:/bin/sh\n`,
    `root:x:0:\nsandbox:x:${uid}:\n`,
    "127.0.0.1 localhost sandbox\n::1 localhost\n",
  ];
}

function rootFolder(name: string): string[] {
  const path = `/${name}`;
  const target = linkTarget(path);
  if (target !== null) return ["--symlink", target, path];
  return existsSync(path) ? ["--ro-bind", path, path] : [];
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null; // a folder, or nothing
  }
}
