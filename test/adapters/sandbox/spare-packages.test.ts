import { existsSync, lstatSync, readdirSync } from "node:fs";
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalSandboxProvider } from "../../../src/adapters/sandbox/local-sandbox.ts";
import type { Sandbox, SandboxProvider } from "../../../src/adapters/sandbox/sandbox.ts";
import { sharedBase } from "../../../src/adapters/shared-base.ts";
import { forgetSpare, keepSpare, spareName, takeSpare } from "../../../src/adapters/sandbox/spare-packages.ts";
import { stampPackages } from "../../../src/adapters/sandbox/stamps.ts";
import { readConfig } from "../../../src/config.ts";
import { createSecretStore } from "../../../src/secrets/secret-store.ts";
import { removeHome } from "../../helpers/postgres.ts";
import { bubblewrapWorks } from "../../helpers/tiers.ts";
import { startRegistry, writeManifests, type TestRegistry } from "./registry.ts";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tb-spare-"));
});

describe("packages", () => {
  let [modules, spares, to, prepared, name] = ["", "", "", "", ""];

  beforeEach(async () => {
    [modules, spares, to] = [join(home, "work/node_modules"), join(home, "spares"), join(home, "incoming")];
    prepared = join(home, "key");
    await mkdir(join(prepared, "node_modules"), { recursive: true });
    name = spareName(prepared);
    await mkdir(join(modules, "@scope/one/lib"), { recursive: true });
    await writeFile(join(modules, "@scope/one/lib/index.js"), "one");
    await writeFile(join(modules, ".package-lock.json"), "{}");
  });

  afterEach(() => rm(home, { recursive: true, force: true }));

  const stamped = (of = modules) => ({ prepared, name, stamps: stampPackages(of) });

  test("and left as they were are there for the next one, once", async () => {
    const placed = stamped();
    await keepSpare(spares, modules, placed);
    expect(existsSync(modules)).toBe(false);
    expect(await takeSpare(spares, "another", to)).toBe(false);
    expect(await takeSpare(spares, name, to)).toBe(true);
    expect(readdirSync(to).toSorted()).toEqual([".package-lock.json", "@scope"]);
    expect(readdirSync(spares)).toEqual([]);
    expect(await takeSpare(spares, name, join(home, "again"))).toBe(false);
  });

  test("hold nothing of what tools kept there", async () => {
    const placed = stamped();
    await mkdir(join(modules, ".nitro"));
    await writeFile(join(modules, ".nitro/types.d.ts"), "hostile");
    await symlink(home, join(modules, ".cache"));
    await keepSpare(spares, modules, placed);
    expect(await takeSpare(spares, name, to)).toBe(true);
    expect(readdirSync(to).toSorted()).toEqual([".package-lock.json", "@scope"]);
    expect(existsSync(home)).toBe(true);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["a package more", () => mkdir(join(modules, "zod")).then(() => writeFile(join(modules, "zod/index.js"), ""))],
    ["a package less", () => rm(join(modules, "@scope/one"), { recursive: true })],
    ["another file at the top", () => writeFile(join(modules, ".package-lock.json"), "[]")],
    [
      "a package in place of one",
      async () => {
        await cp(join(modules, "@scope/one"), join(home, "two"), { recursive: true, preserveTimestamps: true });
        await rename(join(modules, "@scope/one"), join(home, "one"));
        await rename(join(home, "two"), join(modules, "@scope/one"));
      },
    ],
    [
      "a link in place of the whole",
      async () => {
        await rename(modules, join(home, "elsewhere"));
        await symlink(join(home, "elsewhere"), modules);
      },
    ],
  ])("are not kept with %s", async (_, change) => {
    const placed = stamped();
    await change();
    await keepSpare(spares, modules, placed);
    expect(await takeSpare(spares, name, to)).toBe(false);
    expect(existsSync(spares) ? readdirSync(spares) : []).toEqual([]);
    expect(existsSync(join(home, "elsewhere")) || existsSync(join(modules, ".package-lock.json"))).toBe(true);
  });

  test("are not taken when they were changed while they were kept", async () => {
    await keepSpare(spares, modules, stamped());
    await writeFile(join(spares, name, "node_modules/.package-lock.json"), "[]");
    expect(await takeSpare(spares, name, to)).toBe(false);
    expect(existsSync(to)).toBe(false);
    expect(readdirSync(spares)).toEqual([]);
  });

  test("take the place of others, and go when what they came from is forgotten", async () => {
    await mkdir(join(spares, "old-1-1/node_modules"), { recursive: true });
    await keepSpare(spares, modules, stamped());
    expect(readdirSync(spares)).toEqual([name]);
    await forgetSpare(spares, "old");
    expect(readdirSync(spares)).toEqual([name]);
    await forgetSpare(spares, "key");
    expect(readdirSync(spares)).toEqual([]);
  });

  test("are not kept once what they came from was prepared anew", async () => {
    const placed = stamped();
    await sleep(20); // times of files are some milliseconds apart
    await writeFile(join(prepared, "node_modules/new.js"), "");
    await keepSpare(spares, modules, placed);
    expect(existsSync(spares)).toBe(false);
  });

  test("bring nothing of the folder that they were in", async () => {
    await chmod(modules, 0o1777);
    await keepSpare(spares, modules, stamped());
    expect(await takeSpare(spares, name, to)).toBe(true);
    expect(lstatSync(to).mode & 0o7777).toBe(0o700);
  });

  test.each(["", "{", "null"])("whose note is %j are not taken, and nothing fails", async (note) => {
    await keepSpare(spares, modules, stamped());
    await writeFile(join(spares, name, "kept.json"), note);
    expect(await takeSpare(spares, name, to)).toBe(false);
    expect(readdirSync(home)).not.toContain("incoming");
    expect(readdirSync(spares)).toEqual([]);
  });

  test("of two sandboxes at once: one set is kept, and nothing else", async () => {
    const copies = [await copyOf("first"), await copyOf("second")];
    await Promise.allSettled(copies.map((copy) => keepSpare(spares, copy, stamped(copy))));
    expect(readdirSync(spares)).toEqual([name]);
    const taken = await Promise.all([1, 2].map((n) => takeSpare(spares, name, join(home, `to-${n}`))));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  async function copyOf(folder: string): Promise<string> {
    await cp(modules, join(home, folder), { recursive: true });
    return join(home, folder);
  }
});

test("what was prepared anew has another name", async () => {
  await mkdir(join(home, "prepared/node_modules"), { recursive: true });
  const name = spareName(join(home, "prepared"));
  expect(spareName(join(home, "prepared"))).toBe(name);
  await rm(join(home, "prepared"), { recursive: true });
  await sleep(20); // times of files are some milliseconds apart
  await mkdir(join(home, "prepared/node_modules"), { recursive: true });
  expect(spareName(join(home, "prepared"))).not.toBe(name);
  await rm(home, { recursive: true });
});

const inode = (path: string) => lstatSync(path).ino;

describe.skipIf(process.getuid!() !== 0 || !(await bubblewrapWorks()))("sandboxes of root (bubblewrap)", () => {
  let registry: TestRegistry;
  let provider: SandboxProvider;

  beforeEach(async () => {
    registry = await startRegistry(home);
    const passthrough = { PATH: readConfig().passthrough.PATH!, npm_config_registry: registry.origin };
    provider = createLocalSandboxProvider({ ...readConfig(), home, passthrough });
  });

  afterEach(async () => {
    registry.close();
    for (const { id } of await provider.list()) await provider.destroy(id);
    await removeHome(home);
  });

  async function installed(id: string): Promise<{ sandbox: Sandbox; modules: string }> {
    const sandbox = await provider.create(id);
    await writeManifests(sandbox, registry.manifests());
    await sandbox.installDependencies({});
    return { sandbox, modules: join(await sandbox.workTree(), "node_modules") };
  }

  test("give their packages to the next one, unless they have changed them", async () => {
    const first = await installed("sbx_1");
    const known = inode(join(first.modules, "greeter"));
    await first.sandbox.exec(["sh", "-c", "mkdir -p node_modules/.cache && echo x > node_modules/.cache/x"]);
    await provider.destroy("sbx_1");

    const second = await installed("sbx_2");
    expect(inode(join(second.modules, "greeter"))).toBe(known);
    expect((await second.sandbox.exec(["greet"])).stdout).toBe("hello\n");
    expect(existsSync(join(second.modules, ".cache"))).toBe(false);
    const written = await second.sandbox.exec([
      "sh",
      "-c",
      "mkdir node_modules/other && echo hostile > node_modules/other/index.js",
    ]);
    expect(written.exitCode).toBe(0); // it may add to them, as to those of its own
    await provider.destroy("sbx_2");

    const third = await installed("sbx_3");
    expect(existsSync(join(third.modules, "other"))).toBe(false);
    expect(await readFile(join(third.modules, "greeter/greet.js"), "utf8")).toContain("hello");
  });

  test("are not given what somebody has changed where it was prepared", async () => {
    await installed("sbx_1");
    await provider.destroy("sbx_1");
    const cache = join(home, "cache/dependencies");
    const prepared = join(cache, readdirSync(cache)[0]!, "node_modules/greeter/greet.js");
    await chmod(prepared, 0o755);
    await appendFile(prepared, "// hostile\n");
    const next = await installed("sbx_2");
    expect(await readFile(join(next.modules, "greeter/greet.js"), "utf8")).not.toContain("hostile");
    expect((await next.sandbox.exec(["greet"])).stdout).toBe("hello\n");
  });

  test("leave nothing when their dependencies are forgotten", async () => {
    await installed("sbx_1");
    await provider.destroy("sbx_1");
    const installation = await createSecretStore({ ...readConfig(), home }).installationId();
    const spares = [join(home, "spare-packages"), join(sharedBase(installation), "spare-packages")];
    const kept = () => spares.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
    const [stored] = await provider.listDependencies();
    expect(kept()).toEqual([expect.stringContaining(stored!.key)]);
    const long = new Date(Date.now() - 2 * 60 * 60_000);
    await utimes(join(home, "cache/dependencies", stored!.key), long, long);
    expect(await provider.forgetDependencies(stored!.key)).toBe(true);
    expect(kept()).toEqual([]);
  });
});
