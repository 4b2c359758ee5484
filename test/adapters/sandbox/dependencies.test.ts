import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLocalSandboxProvider } from "../../../src/adapters/sandbox/local-sandbox.ts";
import { npmFailure } from "../../../src/adapters/sandbox/npm-failure.ts";
import type { Sandbox, SandboxProvider } from "../../../src/adapters/sandbox/sandbox.ts";
import { readConfig } from "../../../src/config.ts";
import { makeClaim } from "../../../src/processes/claims.ts";
import { removeHome } from "../../helpers/postgres.ts";
import { startRegistry, writeManifests, type TestRegistry } from "./registry.ts";

let home: string;
let registry: TestRegistry;
let provider: SandboxProvider;
let sandbox: Sandbox;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tb-dependencies-"));
  registry = await startRegistry(home);
  const passthrough = { PATH: readConfig().passthrough.PATH!, npm_config_registry: registry.origin };
  provider = createLocalSandboxProvider({ ...readConfig(), home, passthrough });
  sandbox = await provider.create("sbx_1");
});

afterEach(async () => {
  registry.close();
  for (const { id } of await provider.list()) await provider.destroy(id);
  await removeHome(home);
});

test("the first sandbox downloads, the next one copies, and no install script runs", async () => {
  const told: string[] = [];
  await writeManifests(sandbox, registry.manifests());
  expect(await sandbox.installDependencies({ onProgress: (text) => told.push(text) })).toEqual({ cached: false });
  expect(told).toEqual(["Downloading 1 packages (once for this lockfile)", "Downloading packages: 1 of 1"]);
  const other = await provider.create("sbx_2");
  await writeManifests(other, registry.manifests());
  expect(await other.installDependencies({})).toEqual({ cached: true });
  expect(registry.downloads()).toBe(1);
  expect((await other.exec(["greet"])).stdout).toBe("hello\n");
  expect(existsSync(join(home, "script-ran"))).toBe(false);
});

test("ten sandboxes at once download once", async () => {
  const sandboxes = await Promise.all(Array.from({ length: 10 }, (_, i) => provider.create(`many_${i}`)));
  for (const each of sandboxes) await writeManifests(each, registry.manifests());
  const results = await Promise.all(sandboxes.map((each) => each.installDependencies({})));
  expect(results.filter(({ cached }) => !cached)).toHaveLength(1);
  expect(registry.downloads()).toBe(1);
  for (const each of sandboxes)
    expect(existsSync(join(await each.workTree(), "node_modules/greeter/greet.js"))).toBe(true);
  const cache = await readdir(join(home, "cache", "dependencies"));
  expect(cache).toHaveLength(1); // no claim, no temporary folder
});

test("what a sandbox does to its packages does not reach the next install, there or elsewhere", async () => {
  await writeManifests(sandbox, registry.manifests());
  await sandbox.installDependencies({});
  const file = join(await sandbox.workTree(), "node_modules/greeter/greet.js");
  await writeFile(file, "hostile");
  await sandbox.exec(["sh", "-c", "mkdir node_modules/.nitro"]);
  await sandbox.installDependencies({});
  expect(await readFile(file, "utf8")).toContain("hello");
  expect(existsSync(join(await sandbox.workTree(), "node_modules/.nitro"))).toBe(false);

  await writeFile(file, "hostile");
  const other = await provider.create("sbx_2");
  await writeManifests(other, registry.manifests());
  const told: string[] = [];
  await other.installDependencies({ onProgress: (text) => told.push(text) });
  expect((await other.exec(["greet"])).stdout).toBe("hello\n");
  const names = await readdir(join(home, "cache", "dependencies"));
  expect(names).toHaveLength(1); // nothing of the ones that were changed

  // What replaces a file instead of writing into it, as npm and editors do, is the sandbox's own.
  await other.exec(["sh", "-c", "rm -rf node_modules/greeter; echo {} > node_modules/.package-lock.json"]);
  expect(await other.installDependencies({})).toEqual({ cached: true });
  expect((await other.exec(["greet"])).stdout).toBe("hello\n");
});

test("a symlink in place of node_modules is replaced, not followed", async () => {
  await writeManifests(sandbox, registry.manifests());
  const outside = join(home, "outside");
  await mkdir(outside);
  await writeFile(join(outside, "kept"), "");
  await sandbox.exec(["ln", "-s", outside, "node_modules"]);
  await sandbox.installDependencies({});
  expect(await readdir(outside)).toEqual(["kept"]);
  expect((await sandbox.exec(["greet"])).stdout).toBe("hello\n");
});

test("an .npmrc of the tree has no say in the install", async () => {
  await writeManifests(sandbox, registry.manifests());
  await sandbox.writeFile(".npmrc", "registry=http://127.0.0.1:9/\nignore-scripts=false\noffline=true\n");
  expect(await sandbox.installDependencies({})).toEqual({ cached: false });
  expect(existsSync(join(home, "script-ran"))).toBe(false);
});

test("a claim that a killed install left does not hold up the next one", async () => {
  await writeManifests(sandbox, registry.manifests());
  await sandbox.installDependencies({});
  const cache = join(home, "cache", "dependencies");
  const [key] = await readdir(cache);
  await rm(join(cache, key!), { recursive: true });
  makeClaim(join(cache, `${key}.installing`), JSON.stringify({ pid: 999_999_999, started: "long ago" }));
  expect(await sandbox.installDependencies({})).toEqual({ cached: false });
  expect(await readdir(cache)).toEqual([key]);
});

test.each([
  ["a folder", { "node_modules/greeter": { resolved: "file:../../../etc" } }],
  ["a link", { "node_modules/greeter": { resolved: "packages/greeter", link: true } }],
  ["a git repository", { "node_modules/greeter": { resolved: "git+ssh://git@example.com/x.git#abc" } }],
  ["a path outside", { "node_modules/../../greeter": { version: "1.0.0" } }],
])("a lockfile that names %s is refused before npm runs", async (_, entry) => {
  const { packageJson, lockfile } = registry.manifests();
  await writeManifests(sandbox, { packageJson, lockfile: { ...lockfile, packages: entry } });
  await expect(sandbox.installDependencies({})).rejects.toMatchObject({
    code: "failure",
    message: "Dependencies must come from a registry, not from folders, links or git.",
  });
});

test("a package.json that asks for something else than the lockfile is refused, cached or not", async () => {
  await writeManifests(sandbox, registry.manifests());
  await sandbox.installDependencies({});
  const { packageJson, lockfile } = registry.manifests();
  const more = { ...packageJson, dependencies: { greeter: "2.0.0" } };
  await writeManifests(sandbox, { packageJson: more, lockfile });
  const error = await sandbox.installDependencies({}).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "failure", message: expect.stringContaining("EUSAGE") });
  expect(existsSync(join(await sandbox.workTree(), "node_modules/greeter"))).toBe(true); // what was there is kept
});

test("manifests that are missing or broken are said to be so", async () => {
  await sandbox.writeFile("package.json", "{}");
  await expect(sandbox.installDependencies({})).rejects.toThrow("The project has no package-lock.json");
  await sandbox.writeFile("package-lock.json", "{ not json");
  await expect(sandbox.installDependencies({})).rejects.toThrow("package-lock.json is not valid JSON");
  await sandbox.writeFile("package-lock.json", '{"lockfileVersion": 1}');
  await expect(sandbox.installDependencies({})).rejects.toThrow("package-lock.json cannot be used");
});

test("a registry that cannot be reached is transient, and says which", async () => {
  await writeManifests(sandbox, registry.manifests());
  registry.close();
  await expect(sandbox.installDependencies({})).rejects.toMatchObject({
    code: "transient",
    message: expect.stringMatching(
      /^The packages could not be downloaded: 127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\)\.$/,
    ),
  });
  expect(await readdir(join(home, "cache", "dependencies"))).toEqual([]);
});

test("without npm the message says how to get it", async () => {
  const bare = createLocalSandboxProvider({ ...readConfig(), home, passthrough: { PATH: "/nowhere" } });
  const other = await bare.create("sbx_2");
  await writeManifests(other, registry.manifests());
  await expect(other.installDependencies({})).rejects.toMatchObject({ code: "configuration" });
});

test.each([
  ["npm error code E401\nnpm error 401 https://user:pass@registry.example.com/x", "authentication"],
  ["npm ERR! code ENOTFOUND\nnpm ERR! network request to https://registry.example.com/x failed", "transient"],
  ["npm error code SELF_SIGNED_CERT_IN_CHAIN\nnpm error request to https://registry.example.com/x", "configuration"],
  ["npm error code ENOSPC", "transient"],
  ["something else", "failure"],
])("npm's %j is told as %s, without credentials", (output, code) => {
  const error = npmFailure(output, false);
  expect(error.code).toBe(code);
  expect(`${error.message} ${error.details?.join(" ")}`).not.toContain("pass");
});
