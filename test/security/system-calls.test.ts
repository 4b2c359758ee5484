// Doors of the kernel that the filter keeps shut. Each call is also made outside, so that a denial is the sandbox's doing.
import { execFileSync } from "node:child_process";
import { constants } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seccompFilter } from "../../src/adapters/sandbox/bubblewrap/seccomp.ts";
import { describeIsolated, hostileWorld, type HostileWorld } from "./world.ts";

const { EPERM, ENOSYS } = constants.errno;
const CLONE_NEWUSER = 0x10000000;

/** Sentence, numbers on x64 and arm64, arguments. */
const DENIED: [sentence: string, x64: number, arm64: number, args: (number | string)[]][] = [
  ["a process cannot be traced (ptrace)", 101, 117, [0, 0, 0, 0]],
  ["another process's memory cannot be read (process_vm_readv)", 310, 270, [1, 0, 0, 0, 0, 0]],
  ["another process's memory cannot be written (process_vm_writev)", 311, 271, [1, 0, 0, 0, 0, 0]],
  ["a descriptor cannot be taken from another process (pidfd_getfd)", 438, 438, [0, 0, 0]],
  ["nothing is mounted (mount)", 165, 40, [0, 0, 0, 0, 0]],
  ["nothing is mounted in the new way (fsopen)", 430, 430, ["tmpfs", 0]],
  ["no mount is copied (open_tree)", 428, 428, [-100, "/", 1]],
  ["no mount is changed (mount_setattr)", 442, 442, [-100, "/", 0, 0, 0]],
  ["the root is not exchanged (pivot_root)", 155, 41, ["/", "/"]],
  ["no namespace is made (unshare)", 272, 97, [CLONE_NEWUSER]],
  ["no namespace is made by a new process (clone)", 56, 220, [CLONE_NEWUSER | 17, 0, 0, 0, 0]],
  ["no namespace is entered (setns)", 308, 268, [0, 0]],
  ["no program is loaded into the kernel (bpf)", 321, 280, [0, 0, 0]],
  ["no module is loaded into the kernel (finit_module)", 313, 273, [0, "", 0]],
  ["no other kernel is loaded (kexec_load)", 246, 104, [0, 0, 0, 0]],
  ["calls cannot be made by way of a ring (io_uring_setup)", 425, 425, [1, 0]],
  ["the kernel's keys are out of reach (keyctl)", 250, 219, [0, -3, 0]],
  ["no key is added (add_key)", 248, 217, ["user", "tb", "x", 1, -3]],
  ["nothing is measured in the kernel (perf_event_open)", 298, 241, [0, 0, -1, -1, 0]],
  ["page faults are not handled by the program (userfaultfd)", 323, 282, [0]],
  ["a file is not opened by its number (open_by_handle_at)", 304, 265, [0, 0, 0]],
  ["address randomisation is not switched off (personality)", 135, 92, [0x0040000]],
  ["the kernel's log is out of reach (syslog)", 103, 116, [3, 0, 0]],
  ["the machine is not restarted (reboot)", 169, 142, [0, 0, 0, 0]],
];

describeIsolated("system calls", () => {
  let world: HostileWorld;
  beforeAll(async () => {
    world = await hostileWorld();
  });
  afterAll(() => world.remove());

  async function errnoOf(number: number, args: (number | string)[]): Promise<number> {
    const { stdout, output } = await world.sandbox.exec(["perl", "-e", call(number, args)]);
    expect(stdout, output).toMatch(/^-?\d+ \d+$/);
    const [result, errno] = stdout.split(" ").map(Number);
    return result === -1 ? errno! : 0;
  }

  test.each(DENIED)("%s", async (_, x64, arm64, args) => {
    expect(await errnoOf(process.arch === "x64" ? x64 : arm64, args)).toBe(EPERM);
  });

  test("the same calls are not denied outside: it is the filter", () => {
    const number = process.arch === "x64" ? 101 : 117;
    expect(execFileSync("perl", ["-e", call(number, [0, 0, 0, 0])], { encoding: "utf8" })).toMatch(/^0 /);
  });

  test("a process whose flags the filter cannot read is refused, so that libraries use the other call (clone3)", async () => {
    expect(await errnoOf(435, [0, 0])).toBe(ENOSYS);
  });

  test.runIf(process.arch === "x64")("calls under their x32 numbers are refused", async () => {
    expect(await errnoOf(0x40000000 | 39, [])).toBe(EPERM);
  });

  test("nothing is typed into a terminal (TIOCSTI)", async () => {
    const script = `use POSIX; my $m = POSIX::open("/dev/ptmx", 2); my $c = "x"; my $r = syscall(${process.arch === "x64" ? 16 : 29}, $m, 0x5412, $c); print "$r ", $! + 0`;
    const { stdout } = await world.sandbox.exec(["perl", "-e", script]);
    expect(stdout).toBe(`-1 ${EPERM}`);
  });

  test("ordinary calls work: processes, threads, timers, files", async () => {
    const { stdout } = await world.node(
      `import { Worker } from "node:worker_threads"; import { execFileSync } from "node:child_process"; import { watch } from "node:fs";
       watch(".").close();
       new Worker("import { parentPort } from 'node:worker_threads'; parentPort.postMessage('thread')", { eval: true }).on("message", (text) => console.log(text));
       console.log(execFileSync("echo", ["process"], { encoding: "utf8" }).trim());`,
    );
    expect(stdout.trim().split("\n").toSorted()).toEqual(["process", "thread"]);
  });
});

describe("the filter's program", () => {
  test.each(["x64", "arm64"])("is complete for %s: every jump stays inside, and it ends with a verdict", (arch) => {
    const program = seccompFilter(arch)!;
    const count = program.length / 8;
    expect(count).toBeLessThan(4096);
    for (let i = 0; i < count; i++) {
      const [code, yes, no] = [program.readUInt16LE(i * 8), program[i * 8 + 2]!, program[i * 8 + 3]!];
      if (code !== 0x06) expect(i + 1 + Math.max(yes, no)).toBeLessThan(count);
    }
    expect(program.readUInt16LE((count - 1) * 8)).toBe(0x06);
  });

  test("there is none for an architecture whose numbers are not known", () => {
    expect(seccompFilter("riscv64")).toBeNull();
  });
});

/** A program that makes the call and prints its result and errno. */
function call(number: number, args: (number | string)[]): string {
  const values = args.map((arg) => (typeof arg === "string" ? `(my $text = "${arg}")` : arg));
  return `my $r = syscall(${[number, ...values].join(", ")}); print "$r ", $! + 0;`;
}
