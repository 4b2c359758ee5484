// npm inside the sandbox: it reaches the user's own registry and nothing else, runs no package's scripts, and fetches no
// repositories. A registry of this machine stands for npm's.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLocalSandboxProvider } from "../../src/adapters/sandbox/local-sandbox.ts";
import { findNpm } from "../../src/adapters/sandbox/npm-ci.ts";
import type { ExecResult, Sandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { startRegistry, writeManifests, type TestRegistry } from "../adapters/sandbox/registry.ts";
import { describeIsolated, hostileWorld, type HostileWorld } from "./world.ts";

describeIsolated("npm in a sandbox", () => {
  let world: HostileWorld;
  let folder: string;
  let registry: TestRegistry;
  let sandbox: Sandbox;
  let stranger: Server;
  let strangerPort: number;
  let strangers = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tb-npm-"));
    registry = await startRegistry(folder);
    world = await hostileWorld();
    stranger = createServer((socket) => {
      strangers++;
      socket.on("error", () => {}).end();
    }).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    strangerPort = (stranger.address() as AddressInfo).port;
    sandbox = await reopen({});
  });
  afterAll(async () => {
    registry.close();
    stranger.close();
    await world.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    strangers = 0;
    await world.sh("rm -rf node_modules package.json package-lock.json .npmrc");
    await sandbox.writeFile("package.json", '{ "name": "project", "version": "1.0.0" }');
  });

  /** The same sandbox as tb opens it where the user's registry is the one of this test. */
  function reopen(environment: Record<string, string>): Promise<Sandbox> {
    const passthrough = { ...world.config.passthrough, npm_config_registry: registry.origin, ...environment };
    return createLocalSandboxProvider({ ...world.config, passthrough }).attach("sbx_hostile");
  }

  function sh(script: string): Promise<ExecResult> {
    return sandbox.exec(["sh", "-c", script], { registry: true });
  }

  test("installs a package, notes it in the lockfile, and every connection is written down", async () => {
    const result = await sh("npm install greeter@1.0.0 && node_modules/.bin/greet");
    expect(result.output).toMatch(/hello\n$/);
    expect(JSON.parse(await sandbox.readFile("package.json"))).toMatchObject({ dependencies: { greeter: "^1.0.0" } });
    expect(host(result)).toEqual([`${new URL(registry.origin).host} passed`]);
    for (const { sent, received } of result.connections) expect([sent > 50, received > 50]).toEqual([true, true]);
  });

  test("runs no package's script", async () => {
    // Greeter's writes where nothing can be written, so that running it would be a failure.
    expect((await sh("npm install greeter@1.0.0")).exitCode).toBe(0);
    expect(existsSync(join(folder, "script-ran"))).toBe(false);
    await sandbox.writeFile("package.json", '{ "name": "project", "scripts": { "postinstall": "touch ran" } }');
    await sh("npm install greeter@1.0.0");
    expect(await sandbox.listFiles()).not.toContain("ran");
  });

  test("does not ask the registry, proxy or programs that the project's .npmrc names", async () => {
    await sandbox.writeFile(
      ".npmrc",
      `registry=http://127.0.0.1:${strangerPort}/\nproxy=http://127.0.0.1:${strangerPort}/\nhttps-proxy=http://127.0.0.1:${strangerPort}/\nnoproxy=127.0.0.1\nignore-scripts=false\nscript-shell=/bin/false\ngit=/bin/sh\n`,
    );
    const result = await sh("npm install greeter@1.0.0 && node_modules/.bin/greet");
    expect(result.output).toMatch(/hello\n$/);
    expect(host(result)).toEqual([`${new URL(registry.origin).host} passed`]);
    expect(strangers).toBe(0);
  });

  test("is refused at the registry that a scope of the project names", async () => {
    await sandbox.writeFile(".npmrc", `@evil:registry=http://127.0.0.1:${strangerPort}/\nfetch-retries=0\n`);
    const result = await sh("npm install @evil/package");
    expect(result.exitCode).not.toBe(0);
    expect(host(result)).toEqual([`127.0.0.1:${strangerPort} only the npm registry can be reached`]);
    expect(strangers).toBe(0);
  });

  test.each([
    `git+http://127.0.0.1:PORT/x.git`,
    `git+ssh://git@127.0.0.1:PORT/x.git`,
    `git://127.0.0.1:PORT/x.git`,
    `github:someone/something`,
  ])("fetches no repository: %s", async (dependency) => {
    const result = await sh(`npm install --fetch-retries=0 ${dependency.replace("PORT", String(strangerPort))}`);
    expect(result.exitCode).not.toBe(0);
    expect(result.connections.filter(({ refused }) => refused === null)).toEqual([]);
    expect(strangers).toBe(0);
  });

  test("fetches no archive from elsewhere", async () => {
    const result = await sh(`npm install --fetch-retries=0 http://127.0.0.1:${strangerPort}/x.tgz`);
    expect(result.exitCode).not.toBe(0);
    expect(strangers).toBe(0);
  });

  test("is the only way: other programs have no network, also while it is open", async () => {
    const { port } = new URL(registry.origin);
    const result = await sh(`perl -MIO::Socket -e 'IO::Socket::INET->new("127.0.0.1:${port}") or exit 7'`);
    expect(result).toMatchObject({ exitCode: 7, connections: [] });
  });

  test("a hostile program cannot talk its door into going elsewhere, nor change what npm is", async () => {
    const script = `
      const net = require("node:net"), path = require("node:path");
      const folder = process.env.PATH.split(":")[0];
      const socket = net.connect(path.join(folder, "npm.sock"));
      socket.write("CONNECT 127.0.0.1:${strangerPort} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
      socket.on("data", (data) => { console.log(String(data).split("\\r\\n")[0]); process.exit(); });`;
    await sandbox.writeFile("hostile.cjs", script);
    const result = await sh(
      'node hostile.cjs; d="${PATH%%:*}"; echo x > "$d/npm"; rm -f "$d/npm.sock"; ls "$d" | tr "\\n" " "',
    );
    expect(result.stdout).toMatch(/^HTTP\/1\.1 403 /);
    expect(result.stdout).toContain("bridge.cjs");
    expect(result.stdout).toContain("npm.sock");
    expect(strangers).toBe(0);
  });

  test("without being asked for there is no door", async () => {
    const result = await sandbox.exec([
      "sh",
      "-c",
      `ls -A ${dirname(await sandbox.workTree())}/db; npm view greeter --fetch-retries=0`,
    ]);
    expect(result.exitCode).not.toBe(0);
    expect(result.stdout).toBe("");
  });

  test("replaces prepared packages that are links to shared files, and leaves those as they are", async () => {
    await writeManifests(sandbox, registry.manifests());
    await sandbox.installDependencies({});
    const shared = join(await sandbox.workTree(), "node_modules", "greeter", "package.json");
    const links = statSync(shared).nlink;
    const result = await sh("npm install greeter@2.0.0 && node -p 'require(\"greeter/package.json\").name'");
    expect(result.output).toMatch(/greeter\n$/);
    expect(result.exitCode).toBe(0);
    if (process.getuid?.() === 0) expect(links).toBeGreaterThan(1);
    await sandbox.installDependencies({}); // still whole
    expect((await sandbox.exec(["node_modules/.bin/greet"])).stdout).toBe("hello\n");
  });

  test("npm from a folder that the sandbox's user cannot enter works too", async () => {
    const [, program] = findNpm(process.env as Record<string, string>)!;
    const own = join(folder, "private");
    mkdirSync(join(own, "bin"), { recursive: true, mode: 0o700 });
    cpSync(dirname(dirname(realpathSync(program!))), join(own, "lib", "npm"), { recursive: true });
    symlinkSync("../lib/npm/bin/npm-cli.js", join(own, "bin", "npm"));
    const other = await reopen({ PATH: `${own}/bin:${world.config.passthrough.PATH}` });
    const result = await other.exec(["sh", "-c", "npm install greeter@1.0.0 && npm --version"], { registry: true });
    expect(result.exitCode, result.output).toBe(0);
    expect(result.output).toContain(execFileSync("node", [program!, "--version"], { encoding: "utf8" }).trim());
  });
});

/** Where it went, and what became of that. */
function host(result: ExecResult): string[] {
  return [...new Set(result.connections.map((one) => `${one.host} ${one.refused ?? "passed"}`))];
}
