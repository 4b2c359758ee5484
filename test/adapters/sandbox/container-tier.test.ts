// The container tier against a stand-in for the engine that checks every argument. A real engine has not been tried.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerArguments, IMAGE } from "../../../src/adapters/sandbox/container/container-tier.ts";
import { createLocalSandboxProvider } from "../../../src/adapters/sandbox/local-sandbox.ts";
import type { SandboxPlace } from "../../../src/adapters/sandbox/process-tier.ts";
import type { Sandbox, SandboxProvider } from "../../../src/adapters/sandbox/sandbox.ts";
import { readConfig, type Config } from "../../../src/config.ts";
import { diagnose } from "../../../src/doctor/doctor.ts";
import { selectAdapters } from "../../../src/adapters/index.ts";
import { identify } from "../../../src/processes/process-identity.ts";
import { removeHome } from "../../helpers/postgres.ts";
import { until } from "../../processes/until.ts";

let home: string;
let bin: string;
let config: Config;
let provider: SandboxProvider;
let sandbox: Sandbox;

/** A folder for the search path with a stand-in that has this image. */
async function engine(image: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tb-engine-"));
  const standIn = new URL("../../helpers/stand-in-engine.ts", import.meta.url).pathname;
  const program = `#!/bin/sh\nexec '${process.execPath}' '${standIn}' '${folder}' "$@"\n`;
  await writeFile(join(folder, "docker"), program, { mode: 0o755 });
  await writeFile(join(folder, "engine.json"), JSON.stringify({ rootless: false, image }));
  return folder;
}

async function asked(): Promise<string[][]> {
  const lines = (await readFile(join(bin, "engine.log"), "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as string[]);
}

function withoutPrograms(): Config {
  return readConfig({ PATH: "/no-programs", TB_HOME: home });
}

describe.runIf(process.platform === "linux")("in the containers of an engine", () => {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "tb-engine-home-"));
    await writeFile(join(home, "config.json"), '{ "isolation": "container" }');
    bin = await engine(IMAGE);
    config = readConfig({ ...process.env, TB_HOME: home, PATH: `${bin}:${process.env.PATH}` });
    provider = createLocalSandboxProvider(config);
    sandbox = await provider.create("sbx_1");
  });
  afterAll(async () => {
    await provider.destroy("sbx_1");
    await removeHome(home);
    await rm(bin, { recursive: true, force: true });
  });

  test("commands run in containers, with their secrets on no command line", async () => {
    expect(sandbox.isolation).toBe("container");
    await sandbox.writeFile("given.txt", "given");
    const script = "cat given.txt; echo made > made.txt; echo $DB_PASSWORD; echo $HOME; node --version; exit 3";
    const result = await sandbox.exec(["sh", "-c", script], { env: { DB_PASSWORD: "correct horse" } });
    expect(result.output).toBe(
      `givencorrect horse\n${join(await sandbox.workTree(), "../home")}\n${process.version}\n`,
    );
    expect(result.exitCode).toBe(3);
    expect(await sandbox.readFile("made.txt")).toBe("made\n");
    const all = await asked();
    expect(JSON.stringify(all)).not.toContain("correct horse");
    expect(all.at(-1)).toContain("DB_PASSWORD");
    expect((await provider.describeIsolation()).reason).toContain("stand-in for it only");
  });

  test("a server listens on a socket that tb can reach, and its container ends when it is stopped", async () => {
    await sandbox.writeFile(
      "server.mjs",
      `import { createServer } from "node:http";
     createServer((_, response) => response.end(String(process.ppid))).listen(process.env.NITRO_UNIX_SOCKET);`,
    );
    const server = await sandbox.serve(["node", "server.mjs"]);
    const first = Number(
      await new Promise<string>((resolve) => {
        const ask = () =>
          request({ socketPath: server.socketPath }, (response) => response.on("data", (data) => resolve(String(data))))
            .on("error", () => setTimeout(ask, 20))
            .end();
        ask();
      }),
    );
    expect(identify(first)).not.toBeNull();
    await server.stop();
    await until(() => identify(first) === null);
  });

  test("a command is asked to end before it is made to", async () => {
    const abort = new AbortController();
    const script = "trap 'echo asked > asked; exit' TERM; echo up > waiting; while :; do sleep 0.02; done";
    const running = sandbox.exec(["sh", "-c", script], { signal: abort.signal });
    const rejected = expect(running).rejects.toMatchObject({ code: "interrupted" });
    await until(async () => (await sandbox.listFiles()).includes("waiting"));
    abort.abort();
    await rejected;
    await until(async () => (await sandbox.listFiles()).includes("asked"));
  });

  test("a container ends when tb is killed, although the engine knows nothing of it", async () => {
    const script = join(home, "victim.ts");
    const module = new URL("../../../src/adapters/sandbox/local-sandbox.ts", import.meta.url).href;
    await writeFile(
      script,
      `import { createLocalSandboxProvider } from ${JSON.stringify(module)};
     const sandbox = await createLocalSandboxProvider(${JSON.stringify(config)}).attach("sbx_1");
     await sandbox.exec(["sh", "-c", "echo $PPID > first; exec sleep 1000"]);`,
    );
    const victim = spawn(process.execPath, [script], { stdio: "inherit" });
    await until(async () => (await sandbox.listFiles()).includes("first") && (await sandbox.readFile("first")) !== "");
    const first = Number(await sandbox.readFile("first")); // its end is the container's
    expect(identify(first)).not.toBeNull();
    victim.kill("SIGKILL");
    await once(victim, "exit");
    await until(() => identify(first) === null);
  });

  test("what was asked for and is not to be had is refused, never replaced by less", async () => {
    const other = await engine("another");
    const without = createLocalSandboxProvider({ ...config, passthrough: { PATH: `${other}:${process.env.PATH}` } });
    await expect(without.create("sbx_2")).rejects.toMatchObject({
      code: "configuration",
      suggestion: expect.stringContaining(`docker pull ${IMAGE}`),
    });
    await rm(other, { recursive: true });
    const { diagnoses } = await diagnose({ readConfig: withoutPrograms, selectAdapters });
    expect(diagnoses.find(({ check }) => check === "sandbox")).toMatchObject({
      status: "problem",
      message: expect.stringContaining("no container engine answers"),
      fix: expect.stringContaining("tb config unset isolation"),
    });
  });
});

function bind(path: string, more = ""): string {
  return `type=bind,"source=${path}","target=${path}"${more}`;
}

test("of this machine a container is given nothing but the sandbox's folders and Node", () => {
  const place: SandboxPlace = {
    use: "build",
    work: "/s/work",
    home: "/s/home",
    tmp: "/s/tmp",
    compiled: null,
    sockets: ["/s/run"],
    gates: ["/s/db"],
    bins: [],
    reads: [],
    mark: "/s",
    owner: { uid: 1_900_000_007, gid: 1_900_000_007 },
  };
  const docker = { name: "docker", program: "/usr/bin/docker", rootless: false } as const;
  const node = { file: "/opt/node", path: "/usr/local/bin/node", folder: "/usr/local/bin" };
  function mounts(of: SandboxPlace): string[] {
    return containerArguments(docker, of, node).filter((arg) => arg.startsWith("type="));
  }
  const nodeMount = `type=bind,"source=/opt/node","target=/usr/local/bin/node",readonly`;
  expect(mounts(place)).toEqual([
    ...["/s/work", "/s/home", "/s/tmp", "/s/run"].map((path) => bind(path)),
    bind("/s/db", ",readonly"),
    nodeMount,
  ]);
  expect(mounts({ ...place, use: "serve", home: "/tmp", tmp: "/tmp" })).toEqual([
    bind("/s/run"),
    bind("/s/work", ",readonly"),
    bind("/s/db", ",readonly"),
    nodeMount,
  ]);
  const user = (engineOf: Parameters<typeof containerArguments>[0]) => {
    const args = containerArguments(engineOf, place, node);
    return [args[args.indexOf("--user") + 1], args.includes("keep-id")];
  };
  expect(user(docker)).toEqual(["1900000007:1900000007", false]);
  expect(user({ ...docker, rootless: true })).toEqual(["0:0", false]);
  expect(user({ ...docker, name: "podman", rootless: true })).toEqual(["1900000007:1900000007", true]);
});
