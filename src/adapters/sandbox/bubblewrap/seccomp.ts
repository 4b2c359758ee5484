// The system calls that nothing in a sandbox needs, as a classic BPF program: what the kernel has of doors, kept shut.
//
// A deny list, because Node, compilers and test runners use more calls than a list of ours could follow. The sandbox does
// not rest on it: capabilities, namespaces and mounts hold without it. It takes away what was used to break out of them.

/** Numbers of the denied calls, from the kernel's tables for each architecture. */
const DENIED: Record<string, [x64: number, arm64: number]> = {
  acct: [163, 89],
  add_key: [248, 217],
  bpf: [321, 280],
  delete_module: [176, 106],
  fanotify_init: [300, 262],
  finit_module: [313, 273],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  init_module: [175, 105],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  io_uring_setup: [425, 425],
  kcmp: [312, 272],
  kexec_file_load: [320, 294],
  kexec_load: [246, 104],
  keyctl: [250, 219],
  lookup_dcookie: [212, 18],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  move_pages: [279, 239],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  open_tree: [428, 428],
  perf_event_open: [298, 241],
  personality: [135, 92],
  pidfd_getfd: [438, 438],
  pivot_root: [155, 41],
  process_madvise: [440, 440],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  ptrace: [101, 117],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  reboot: [169, 142],
  request_key: [249, 218],
  setns: [308, 268],
  swapoff: [168, 225],
  swapon: [167, 224],
  syslog: [103, 116],
  umount2: [166, 39],
  unshare: [272, 97],
  userfaultfd: [323, 282],
  vhangup: [153, 58],
};

/** Calls that are judged by an argument, and the architecture as the kernel names it. */
const MACHINES = {
  x64: { column: 0, audit: 0xc000003e, clone: 56, ioctl: 16 },
  arm64: { column: 1, audit: 0xc00000b7, clone: 220, ioctl: 29 },
} as const;

const CLONE3 = 435;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const NEW_NAMESPACES = 0x7e020000;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

const LOAD = 0x20;
const EQUALS = 0x15;
const AT_LEAST = 0x35;
const HAS_BITS = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;

/** Where a program finds the number, the architecture and the lower half of an argument (struct seccomp_data). */
const NUMBER = 0;
const ARCHITECTURE = 4;
const argument = (index: number) => 16 + 8 * index;

type Instruction = [code: number, value: number, ifTrue?: number, ifFalse?: number];

/** The filter for this machine, ready for `bwrap --seccomp`; null on an architecture that it was not written for. */
export function seccompFilter(arch: string = process.arch): Buffer | null {
  if (arch !== "x64" && arch !== "arm64") return null;
  const { column, audit, clone, ioctl } = MACHINES[arch];
  const program: Instruction[] = [
    [LOAD, ARCHITECTURE],
    [EQUALS, audit, 1, 0],
    [RETURN, KILL_PROCESS], // 32-bit programs, whose calls have other numbers
    [LOAD, NUMBER],
    [AT_LEAST, 0x40000000, 0, 1],
    [RETURN, EPERM], // x32: the same calls under other numbers
    // Its flags lie in memory, which a filter cannot read; libraries fall back to clone.
    [EQUALS, CLONE3, 0, 1],
    [RETURN, ENOSYS],
    [EQUALS, clone, 0, 4],
    [LOAD, argument(0)],
    [HAS_BITS, NEW_NAMESPACES, 0, 1],
    [RETURN, EPERM],
    [RETURN, ALLOW],
    [EQUALS, ioctl, 0, 5],
    [LOAD, argument(1)],
    [EQUALS, TIOCSTI, 1, 0],
    [EQUALS, TIOCLINUX, 0, 1],
    [RETURN, EPERM],
    [RETURN, ALLOW],
    ...Object.values(DENIED).flatMap((numbers): Instruction[] => [
      [EQUALS, numbers[column], 0, 1],
      [RETURN, EPERM],
    ]),
    [RETURN, ALLOW],
  ];
  return assemble(program);
}

/** struct sock_filter: code (2 bytes), both jumps (1 each), value (4), in the machine's order: both are little-endian. */
function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, value, ifTrue = 0, ifFalse = 0]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value, index * 8 + 4);
  }
  return bytes;
}
