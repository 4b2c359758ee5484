// What hostile code can do to processes: its own are few and end with it, others' it does not see.
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processesOf } from "../helpers/tiers.ts";
import { until } from "../processes/until.ts";
import { describeIsolated, hostileWorld, type HostileWorld } from "./world.ts";

/** What the daemon of this run calls itself. */
const QUIET = `quiet-${process.pid}`;
/** Leaves its group and session, closes everything, forgets its environment's mark, and stays. */
const DAEMON = `perl -e 'use POSIX; exit if fork; setsid(); exit if fork; close STDOUT; close STDERR; $0 = "${QUIET}"; open F, ">", "daemon"; print F "up"; close F; sleep 1000'`;

const SANDBOX = new URL("../../src/adapters/sandbox/local-sandbox.ts", import.meta.url);

describeIsolated("processes", () => {
  let world: HostileWorld;
  beforeAll(async () => {
    world = await hostileWorld();
  });
  afterAll(() => world.remove());

  test("only its own processes can be seen", async () => {
    const { stdout } = await world.sh("ls /proc | grep -c '^[0-9]'");
    expect(Number(stdout)).toBeLessThan(8);
    expect((await world.sh(`ls /proc/${process.pid}`)).exitCode).not.toBe(0);
  });

  test("no process of this machine can be signalled", async () => {
    expect((await world.sh(`kill -9 ${process.pid}`)).exitCode).not.toBe(0);
    expect((await world.sh("kill -9 -1; kill -9 0")).exitCode).not.toBe(0); // its own, and itself
    expect((await world.sh("true")).exitCode).toBe(0);
  });

  test("the environment holds nothing of this machine's", async () => {
    process.env.TB_TEST_TOKEN = "hunter2";
    const { stdout } = await world.sh("env; cat /proc/*/environ | tr '\\0' '\\n'");
    delete process.env.TB_TEST_TOKEN;
    expect(stdout).not.toContain("hunter2");
    expect(stdout).not.toMatch(/^(SSH_|AWS_|GITHUB_|HTTPS?_PROXY|https?_proxy|NODE_EXTRA|USERNAME|LOGNAME)/m);
  });

  test("a command's secret is on no command line of this machine, and not in bwrap's environment", async () => {
    const secret = "correct-horse-battery-staple";
    const running = world.sh("echo up > started; sleep 2", { env: { DB_PASSWORD: secret } });
    await until(async () => (await world.sandbox.listFiles()).includes("started"));
    const shown = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => read(`/proc/${pid}/cmdline`));
    expect(shown.some((line) => line.includes("echo up > started"))).toBe(true);
    expect(shown.filter((line) => line.includes(secret))).toEqual([]);
    await running;
    const { stdout } = await world.sh("tr '\\0' '\\n' < /proc/1/environ", { env: { DB_PASSWORD: secret } });
    expect(stdout).not.toContain(secret);
  });

  test("no descriptor of tb's is inherited, nor of whoever started tb", async () => {
    const script = join(world.config.home, "inheriting.ts");
    await writeFile(
      script,
      `import { createLocalSandboxProvider } from ${JSON.stringify(SANDBOX.href)};
       const sandbox = await createLocalSandboxProvider(${JSON.stringify(world.config)}).attach("sbx_hostile");
       console.log((await sandbox.exec(["sh", "-c", "ls /proc/self/fd | tr '\\n' ' '; echo leaked >&200"])).stdout);`,
    );
    const file = join(world.config.home, "of-the-terminal");
    const opened = `exec 7>>"$0" 31>>"$0" 200>>"$0"; exec "$@"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", opened, file, process.execPath, script]);
    expect(stdout.trim()).toBe("0 1 2 3"); // 3 is what ls itself opens
    expect(readFileSync(file, "utf8")).toBe("");
  });

  test("it has no capability, can gain none, and is under a filter of system calls", async () => {
    const { stdout } = await world.sh("grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status");
    expect(stdout.match(/^Cap\w+:\s+0{16}$/gm)).toHaveLength(5);
    expect(stdout).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(stdout).toMatch(/^Seccomp:\s+2$/m);
  });

  test("a fork bomb ends at the limit", async () => {
    const bomb = `perl -e 'my $n = 0; while (1) { my $p = fork; last unless defined $p; if (!$p) { sleep 100; exit } $n++ } print $n'`;
    const { stdout, exitCode } = await world.sh(bomb);
    expect(exitCode).toBe(0);
    expect(Number(stdout)).toBeGreaterThan(100);
    expect(Number(stdout)).toBeLessThan(520);
    await until(() => processesOf(world.root).length === 0);
  });

  test("threads count too", async () => {
    const { exitCode, output } = await world.node(
      `import { Worker } from "node:worker_threads";
       for (let i = 0; i < 600; i++) new Worker("setInterval(() => {}, 1000)", { eval: true, resourceLimits: { stackSizeMb: 1 } });`,
      { timeout: 20_000 },
    );
    expect(exitCode, output.slice(0, 300)).not.toBe(0);
  });

  test("a memory bomb ends at the limit", async () => {
    const { exitCode } = await world.sh(`perl -e 'my $x = "a" x (5 * 1024 * 1024 * 1024); print length $x'`);
    expect(exitCode).not.toBe(0);
  });

  test("is the first to go when this machine's memory runs out", async () => {
    expect((await world.sh("cat /proc/self/oom_score_adj")).stdout).toBe("1000\n");
  });

  test("a daemon ends with its command", async () => {
    expect((await world.sh(`${DAEMON}; while [ ! -e daemon ]; do sleep 0.05; done; rm daemon`)).exitCode).toBe(0);
    await until(() => countOf(QUIET) === 0);
  });

  test("a daemon ends when the command is aborted", async () => {
    const abort = new AbortController();
    const running = world.sh(`${DAEMON}; sleep 1000`, { signal: abort.signal });
    const rejected = expect(running).rejects.toMatchObject({ code: "interrupted" });
    await until(async () => (await world.sandbox.listFiles()).includes("daemon"));
    expect(countOf(QUIET)).toBe(1);
    abort.abort();
    await rejected;
    await until(() => countOf(QUIET) === 0);
    await world.sandbox.deleteFile("daemon");
  });

  test("a daemon ends when tb is killed with SIGKILL", async () => {
    const script = join(world.config.home, "victim.ts");
    await writeFile(
      script,
      `import { createLocalSandboxProvider } from ${JSON.stringify(SANDBOX.href)};
       const sandbox = await createLocalSandboxProvider(${JSON.stringify(world.config)}).attach("sbx_hostile");
       await sandbox.exec(["sh", "-c", ${JSON.stringify(`${DAEMON}; sleep 1000`)}]);`,
    );
    const victim = spawn(process.execPath, [script], { stdio: "inherit" });
    await until(async () => (await world.sandbox.listFiles()).includes("daemon"));
    expect(countOf(QUIET)).toBe(1);
    victim.kill("SIGKILL");
    await once(victim, "exit");
    await until(() => countOf(QUIET) === 0);
  });

  test("a command is asked to end before it is made to, also inside its namespace", async () => {
    const abort = new AbortController();
    const running = world.sh(`trap 'echo asked > asked; exit' TERM; echo up > waiting; while :; do sleep 0.02; done`, {
      signal: abort.signal,
    });
    const rejected = expect(running).rejects.toMatchObject({ code: "interrupted" });
    await until(async () => (await world.sandbox.listFiles()).includes("waiting"));
    abort.abort();
    await rejected;
    expect(await world.sandbox.listFiles()).toContain("asked");
  });

  test("no namespace of its own can be made", async () => {
    for (const kind of ["--user", "--user --mount", "--net", "--pid --fork", "--mount"]) {
      expect((await world.sh(`unshare ${kind} true`)).exitCode).not.toBe(0);
    }
  });

  test("bwrap does not work inside itself", async () => {
    expect((await world.sh("bwrap --unshare-all --ro-bind / / true")).exitCode).not.toBe(0);
  });

  test("a parent's namespace cannot be entered", async () => {
    expect((await world.sh("nsenter --target 1 --mount --net --pid true")).exitCode).not.toBe(0);
  });

  test("it has no terminal to type into", async () => {
    expect((await world.sh("echo ls > /dev/tty")).exitCode).not.toBe(0);
  });

  test("this machine's name is not told and cannot be changed", async () => {
    expect((await world.sh("uname -n")).stdout).toBe("sandbox\n");
    expect((await world.sh("hostname other || : > /proc/sys/kernel/hostname")).exitCode).not.toBe(0);
    expect(hostname()).not.toBe("other");
  });

  test("memory that this machine's programs share by a number is not there", async () => {
    const key = 0x7b000000 + (process.pid % 0xffffff);
    const attach = (flags: string) => `perl -e 'my $id = shmget(${key}, 16, ${flags}); print defined $id ? $id : "no"'`;
    const id = execFileSync("sh", ["-c", attach("0666 | 01000")], { encoding: "utf8" }); // 01000 makes it
    try {
      expect(execFileSync("sh", ["-c", attach("0666")], { encoding: "utf8" })).toBe(id);
      expect((await world.sh(attach("0666"))).stdout).toBe("no");
    } finally {
      execFileSync("perl", ["-e", `shmctl(${id}, 0, 0)`]);
    }
  });

  test("its priority cannot be raised", async () => {
    const { stdout } = await world.sh("nice; nice -n -5 nice");
    const [before, after] = stdout.trim().split("\n");
    expect(after).toBe(before);
  });

  test("no core file is written", async () => {
    await world.sh("sh -c 'kill -SEGV $$'; true");
    expect((await world.sandbox.listFiles()).filter((path) => path.includes("core"))).toEqual([]);
  });
});

function countOf(name: string): number {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/cmdline`).startsWith(name))
    .length;
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // it has ended
  }
}
