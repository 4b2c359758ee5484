import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { checkManifests } from "../../src/adapters/sandbox/manifests.ts";
import { seal } from "../../src/adapters/sandbox/shared-packages.ts";
import { readConfig, type Config } from "../../src/config.ts";
import { ensureDependencies } from "../../src/dev/dependencies.ts";

const run = promisify(execFile);
const options = { signal: new AbortController().signal, onProgress: () => {} };
let root: string;
let config: Config;
let folder: string;

/** A project that depends on one small package, and the package prepared as npm would have installed it. */
function manifests(version: string): { packageJson: string; lockfile: string } {
  const entry = { version, resolved: `https://registry.example/small/-/small-${version}.tgz` };
  const packages = { "": { dependencies: { small: version } }, "node_modules/small": entry };
  return {
    packageJson: JSON.stringify({ name: "notes", dependencies: { small: version } }),
    lockfile: JSON.stringify({ lockfileVersion: 3, packages }),
  };
}

async function prepare(version: string): Promise<void> {
  const made = manifests(version);
  const place = join(config.home, "cache", "dependencies", checkManifests(made).key);
  await mkdir(join(place, "node_modules", "small"), { recursive: true });
  await writeFile(join(place, "node_modules", "small", "package.json"), JSON.stringify({ name: "small", version }));
  const { "": _, ...installed } = (JSON.parse(made.lockfile) as { packages: Record<string, object> }).packages;
  await writeFile(join(place, "node_modules", ".package-lock.json"), JSON.stringify({ packages: installed }));
  await seal(place);
}

async function need(version: string): Promise<void> {
  const made = manifests(version);
  await writeFile(join(folder, "package.json"), made.packageJson);
  await writeFile(join(folder, "package-lock.json"), made.lockfile);
}

async function installedVersion(): Promise<string> {
  const text = await readFile(join(folder, "node_modules/small/package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tb-deps-"));
  config = readConfig({ PATH: process.env.PATH, TB_HOME: join(root, "home") });
  await prepare("1.0.0");
  await prepare("2.0.0");
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, "copy-"));
  await run("git", ["init", "--quiet", folder]);
  await need("1.0.0");
});
afterAll(() => rm(root, { recursive: true }));

describe("packages of a working copy", () => {
  it("are put there once, and again when the lockfile has changed", async () => {
    expect(await ensureDependencies(config, folder, options)).toBe("installed");
    expect(await ensureDependencies(config, folder, options)).toBe("fit");
    await need("2.0.0");
    expect(await ensureDependencies(config, folder, options)).toBe("installed");
    expect(await installedVersion()).toBe("2.0.0");
  });

  it("are copies: what is written into them reaches nothing else", async () => {
    await ensureDependencies(config, folder, options);
    await writeFile(join(folder, "node_modules/small/package.json"), '{"version":"mine"}');
    const other = await mkdtemp(join(root, "copy-"));
    await cp(folder, other, { recursive: true, filter: (path) => !path.includes("node_modules") });
    expect(await ensureDependencies(config, other, options)).toBe("installed");
    expect(await readFile(join(other, "node_modules/small/package.json"), "utf8")).toContain('"1.0.0"');
  });

  it("that the user has installed are left alone, and told of when they are others", async () => {
    await ensureDependencies(config, folder, options);
    await rm(join(folder, "node_modules/.tb-installed"));
    expect(await ensureDependencies(config, folder, options)).toBe("fit");
    await need("2.0.0");
    expect(await ensureDependencies(config, folder, options)).toBe("differ");
    expect(await installedVersion()).toBe("1.0.0");
  });

  it("are whole: what a killed tb has left half done is removed", async () => {
    const dead = join(folder, ".git", "tb-modules-in-999999999-abcd");
    await mkdir(dead);
    await ensureDependencies(config, folder, options);
    expect((await readdir(join(folder, ".git"))).filter((name) => name.startsWith("tb-modules"))).toEqual([]);
  });

  it("need a lockfile", async () => {
    await rm(join(folder, "package-lock.json"));
    await expect(ensureDependencies(config, folder, options)).rejects.toMatchObject({
      code: "failure",
      message: `There is no package-lock.json in ${folder}.`,
    });
  });
});
