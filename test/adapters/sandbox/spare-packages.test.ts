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
import type { Placing } from "../../../src/adapters/sandbox/shared-packages.ts";
import { forgetSpare, keepSpare, spareName, takeSpare } from "../../../src/adapters/sandbox/spare-packages.ts";
import { stampsOf } from "../../../src/adapters/sandbox/stamps.ts";
import { readConfig } from "../../../src/config.ts";
import { createSecretStore } from "../../../src/secrets/secret-store.ts";
import { removeHome } from "../../helpers/postgres.ts";
import { bubblewrapWorks } from "../../helpers/tiers.ts";
import { startRegistry, writeManifests, type TestRegistry } from "./registry.ts";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tb-spare-"));
});

describe.each<Placing>(["copied", "shared"])("packages that were %s", (how) => {
  const name = "key-1-2";
  let [modules, spares, to] = ["", "", ""];

  beforeEach(async () => {
    [modules, spares, to] = [join(home, "work/node_modules"), join(home, "spares"), join(home, "incoming")];
    await mkdir(join(modules, "@scope/one/lib"), { recursive: true });
    await writeFile(join(modules, "@scope/one/lib/index.js"), "one");
    await writeFile(join(modules, ".package-lock.json"), "{}");
  });

  afterEach(() => rm(home, { recursive: true, force: true }));

  const stamped = () => ({ name, how, stamps: stampsOf(modules, how) });

  test("and left as they were are there for the next one, once", async () => {
    const placed = stamped();
    await keepSpare(spares, modules, placed);
    expect(existsSync(modules)).toBe(false);
    expect(await takeSpare(spares, "another", to)).toBe(false);
    expect(await takeSpare(spares, name, to)).toBe(true);
    expect(stampsOf(to, how)).toEqual(placed.stamps);
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
    await keepSpare(spares, await copyOf("first"), {
      ...stamped(),
      stamps: stampsOf(join(home, "first"), how),
      name: "old-1-1",
    });
    await keepSpare(spares, await copyOf("second"), { ...stamped(), stamps: stampsOf(join(home, "second"), how) });
    expect(readdirSync(spares)).toEqual([name]);
    await forgetSpare(spares, "old");
    expect(readdirSync(spares)).toEqual([name]);
    await forgetSpare(spares, "key");
    expect(readdirSync(spares)).toEqual([]);
  });

  test("of two sandboxes at once: one set is kept, and nothing else", async () => {
    const copies = [await copyOf("first"), await copyOf("second")];
    await Promise.all(copies.map((copy) => keepSpare(spares, copy, { name, how, stamps: stampsOf(copy, how) })));
    expect(readdirSync(spares)).toEqual([name]);
    const taken = await Promise.all([1, 2].map((n) => takeSpare(spares, name, join(home, `to-${n}`))));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  async function copyOf(folder: string): Promise<string> {
    await cp(modules, join(home, folder), { recursive: true });
    return join(home, folder);
  }
});

test("a file deep in copied packages is not what it was, whatever its time says", async () => {
  const modules = join(home, "node_modules");
  const file = join(modules, "one/lib/index.js");
  await mkdir(join(modules, "one/lib"), { recursive: true });
  await writeFile(file, "one");
  const { atime, mtime } = lstatSync(file);
  const placed = { name: "key-1-2", how: "copied" as const, stamps: stampsOf(modules, "copied") };
  await writeFile(file, "two");
  await utimes(file, atime, mtime);
  await keepSpare(join(home, "spares"), modules, placed);
  expect(await takeSpare(join(home, "spares"), "key-1-2", join(home, "to"))).toBe(false);
  await rm(home, { recursive: true });
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

describe.skipIf(!(await bubblewrapWorks()))("sandboxes (bubblewrap)", () => {
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
    const known = inode(first.modules);
    await first.sandbox.exec(["sh", "-c", "mkdir -p node_modules/.cache && echo x > node_modules/.cache/x"]);
    await provider.destroy("sbx_1");

    const second = await installed("sbx_2");
    expect(inode(second.modules)).toBe(known);
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
