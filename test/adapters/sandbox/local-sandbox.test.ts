import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalSandboxProvider } from "../../../src/adapters/sandbox/local-sandbox.ts";
import type { Sandbox, SandboxProvider } from "../../../src/adapters/sandbox/sandbox.ts";
import { readConfig, type Config } from "../../../src/config.ts";
import { identify } from "../../../src/processes/process-identity.ts";
import { removeHome } from "../../helpers/postgres.ts";
import { processesOf, TIERS } from "../../helpers/tiers.ts";
import { until } from "../../processes/until.ts";

describe.each(TIERS)("in tier %s", (tier, select, works) => {
  let config: Config;
  let provider: SandboxProvider;
  let sandbox: Sandbox;
  let root: string;

  beforeEach(async (context) => {
    context.skip(!works, `tier ${tier} does not work here`);
    config = { ...readConfig(), home: await mkdtemp(join(tmpdir(), "tb-sandbox-")) };
    provider = createLocalSandboxProvider(config, select);
    sandbox = await provider.create("sbx_1");
    root = dirname(await sandbox.workTree());
  });

  afterEach(async () => {
    if (!works) return;
    await provider.destroy("sbx_1");
    await removeHome(config.home);
  });

  test("a command's output, exit code and errors come back", async () => {
    const seen: string[] = [];
    const result = await sandbox.exec(["sh", "-c", "echo out; echo err >&2; exit 3"], {
      onOutput: (text) => seen.push(text),
    });
    expect(result).toMatchObject({ exitCode: 3, timedOut: false, stdout: "out\n", stderr: "err\n" });
    expect(seen.join("")).toHaveLength("out\nerr\n".length);
    expect(result.output).toHaveLength("out\nerr\n".length);
  });

  test("what somebody else has killed is counted, and nothing that ends by itself or by tb", async () => {
    await sandbox.exec(["sh", "-c", "exit 3"]);
    await sandbox.exec(["sleep", "60"], { timeout: 100 });
    await (await sandbox.serve(["sleep", "60"])).stop();
    expect(sandbox.killedPrograms()).toBe(0);
    await sandbox.exec(["sh", "-c", "kill -9 $$"]);
    expect(sandbox.killedPrograms()).toBe(1);
    const server = await sandbox.serve(["sh", "-c", "kill -9 $$"]);
    await server.exited;
    expect(sandbox.killedPrograms()).toBe(2);
  });

  test("a command that cannot be noted, as on a full disk, is not left running", async () => {
    await rm(join(root, "groups"), { recursive: true });
    await writeFile(join(root, "groups"), "no folder");
    await expect(sandbox.serve(["sleep", "60"])).rejects.toThrow("EEXIST");
    await expect(sandbox.exec(["sleep", "60"])).rejects.toThrow("EEXIST");
    expect(processesOf(root)).toEqual([]);
    await rm(join(root, "groups"));
  });

  test("a program that does not exist is exit code 127", async () => {
    expect(await sandbox.exec(["no-such-program"], { env: { PATH: "/usr/bin:/bin" } })).toMatchObject({
      exitCode: 127,
    });
  });

  test("the environment is built fresh: nothing of tb's own leaks, secrets come only where given", async () => {
    process.env.TB_TEST_LEAK = "leaked"; // what tb's own process has
    const { stdout } = await sandbox.exec(["node", "-p", "JSON.stringify(process.env)"], {
      env: { DB_PASSWORD: "given" },
    });
    delete process.env.TB_TEST_LEAK;
    const env: Record<string, string> = JSON.parse(stdout);
    expect(env).not.toHaveProperty("TB_TEST_LEAK");
    expect(env).toMatchObject({
      HOME: join(root, "home"),
      TMPDIR: join(root, "tmp"),
      PWD: join(root, "work"),
      DB_PASSWORD: "given",
      CI: "1",
      npm_config_ignore_scripts: "true",
    });
    const [first, second] = env.PATH!.split(":");
    expect([first, second]).toEqual([join(process.execPath, ".."), join(root, "work", "node_modules", ".bin")]);
  });

  test("a relative folder of the search path does not reach the sandbox", async () => {
    const passthrough = { ...config.passthrough, PATH: `.::bin:${config.passthrough.PATH}` };
    const other = await createLocalSandboxProvider({ ...config, passthrough }, select).attach("sbx_1");
    await other.writeFile("ls", "#!/bin/sh\necho hostile\n");
    await other.exec(["chmod", "+x", "ls"]);
    expect((await other.exec(["ls"])).stdout).toBe("ls\n");
  });

  test("limits hold: open files, core files, file size", async () => {
    const { stdout } = await sandbox.exec(["sh", "-c", "ulimit -n; ulimit -c; ulimit -f"]);
    const [files, core, size] = stdout.trim().split("\n");
    expect(Number(files)).toBeLessThanOrEqual(8192);
    expect([core, size]).toEqual(["0", "2097152"]);
  });

  test.runIf(process.platform === "linux")("more memory than the limit ends the program, not the machine", async () => {
    // Reserved but never touched, so that the test itself costs nothing.
    const grow = "const all = []; for (let i = 0; i < 20; i++) all.push(Buffer.allocUnsafeSlow(512 * 1024 * 1024));";
    const { exitCode, stderr } = await sandbox.exec(["node", "-e", grow]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("ERR_MEMORY_ALLOCATION_FAILED");
  });

  test("of long output the last MiB is kept, and characters are never cut", async () => {
    const { stdout, exitCode } = await sandbox.exec([
      "node",
      "-e",
      'process.stdout.write("first" + "€".repeat(700_000) + "last")',
    ]);
    expect(exitCode).toBe(0);
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(1024 * 1024);
    expect(Buffer.byteLength(stdout)).toBeGreaterThan(1024 * 1024 - 4);
    expect(stdout).toMatch(/^€+last$/);
  });

  test("the timeout kills grandchildren too, also those that ignore SIGTERM or left the group", async () => {
    const script = `
    sh -c 'trap "" TERM; echo $$ > stubborn; while :; do sleep 1; done' &
    ${process.platform === "linux" ? "setsid sh -c 'echo $$ > escaped; exec sleep 1000' &" : "echo 999999 > escaped"}
    wait`;
    const result = await sandbox.exec(["sh", "-c", script], { timeout: 500 });
    expect(result).toMatchObject({ exitCode: null, timedOut: true });
    await expectGone(await pidIn("stubborn"));
    await expectGone(await pidIn("escaped"));
  });

  test("what a command leaves in the background ends with it", async () => {
    const result = await sandbox.exec(["sh", "-c", "sleep 1000 & echo $! > left; echo done"]);
    expect(result).toMatchObject({ exitCode: 0, stdout: "done\n" });
    await expectGone(await pidIn("left"));
  });

  test("an aborted signal kills the command and is told as an interruption", async () => {
    const controller = new AbortController();
    const running = sandbox.exec(["sh", "-c", "echo $$ > pid; sleep 1000"], { signal: controller.signal });
    const rejected = expect(running).rejects.toMatchObject({ code: "interrupted" });
    await until(async () => (await sandbox.listFiles()).includes("pid"));
    controller.abort();
    await rejected;
    await expectGone(await pidIn("pid"));
  });

  test("when tb is killed with SIGKILL in the middle of a command, nothing of it stays behind", async () => {
    const script = join(config.home, "victim.ts");
    const url = new URL("../../../src/adapters/sandbox/local-sandbox.ts", import.meta.url);
    await writeFile(
      script,
      `import { createLocalSandboxProvider } from ${JSON.stringify(url.href)};
     import { plainTier } from ${JSON.stringify(new URL("../../helpers/tiers.ts", import.meta.url).href)};
     const provider = createLocalSandboxProvider(${JSON.stringify(config)}${tier === "process" ? ", plainTier" : ""});
     const sandbox = await provider.attach("sbx_1");
     await sandbox.exec(["sh", "-c", "sleep 1000 & echo $! > child; echo $$ > leader; sleep 1000"]);`,
    );
    const victim = spawn(process.execPath, [script], { stdio: "inherit" });
    await until(async () => (await sandbox.listFiles()).includes("leader"));
    const [leader, child] = [await pidIn("leader"), await pidIn("child")];
    const groups = join(root, "groups");
    await until(async () => (await readdir(groups)).length > 0);
    expect(isThere(leader)).toBe(true);
    victim.kill("SIGKILL");
    await once(victim, "exit");
    await expectGone(leader);
    await expectGone(child);
    await provider.attach("sbx_1");
    expect(await readdir(groups)).toEqual([]);
  });

  test("attaching does not disturb a command that runs, destroying ends it", async () => {
    const running = sandbox.exec(["sh", "-c", "echo $$ > pid; sleep 1000"]);
    await until(async () => (await sandbox.listFiles()).includes("pid"));
    const pid = await pidIn("pid");
    await provider.attach("sbx_1");
    expect(isThere(pid)).toBe(true);
    await provider.destroy("sbx_1");
    expect((await running).exitCode).toBeNull();
    await expectGone(pid);
    await expect(provider.attach("sbx_1")).rejects.toMatchObject({ code: "not_found" });
  });

  test("destroying removes folders that their owner may not enter, and is fine twice", async () => {
    await sandbox.exec(["sh", "-c", "mkdir -p a/b && touch a/b/c && chmod 000 a/b && chmod 500 a"]);
    await provider.destroy("sbx_1");
    await provider.destroy("sbx_1");
    expect(await readdir(dirname(root))).toEqual([]);
  });

  test("a server listens on a socket that tb can reach, and is gone after stop", async () => {
    await sandbox.writeFile(
      "server.mjs",
      `import { createServer } from "node:http";
     createServer((_, response) => response.end(process.env.GREETING)).listen(process.env.NITRO_UNIX_SOCKET, () => console.log("up"));`,
    );
    const server = await sandbox.serve(["node", "server.mjs"], { env: { GREETING: "hello" } });
    await until(() => server.output().includes("up"));
    expect((await stat(server.socketPath)).isSocket()).toBe(true);
    expect(await get(server.socketPath)).toBe("hello");
    await server.stop();
    expect(await server.exited).toEqual({ exitCode: null });
    await expect(stat(server.socketPath)).rejects.toThrow("ENOENT");
  });

  test("a deep home still gets sockets that are short enough, in a private folder", async () => {
    const home = join(config.home, "a-rather-deep-folder".repeat(4));
    const deep = createLocalSandboxProvider({ ...config, home }, select);
    const inDeep = await deep.create("sbx_1");
    const server = await inDeep.serve(["sleep", "1000"]);
    const folder = join(server.socketPath, "..");
    expect(Buffer.byteLength(server.socketPath)).toBeLessThanOrEqual(100);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await server.stop();
    await deep.destroy("sbx_1");
    await expect(stat(folder)).rejects.toThrow("ENOENT");
  });

  test("an id that is not a plain name is refused", async () => {
    for (const id of ["../x", "", ".hidden", "a/b", "a b"]) {
      await expect(provider.create(id)).rejects.toMatchObject({ code: "usage" });
    }
  });

  /** As the sandbox counts. */
  async function pidIn(file: string): Promise<number> {
    await until(async () => (await sandbox.readFile(file)).endsWith("\n"));
    return Number(await sandbox.readFile(file));
  }

  function isThere(pid: number): boolean {
    return tier === "process" ? identify(pid) !== null : processesOf(root).includes(pid);
  }

  async function expectGone(pid: number): Promise<void> {
    await until(() => !isThere(pid));
  }
});

function get(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve(body));
    })
      .on("error", reject)
      .end();
  });
}
