import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalGitHost } from "../../../src/adapters/git-host/local-git-host.ts";
import { findWorkingCopy, isFree, plainAddress } from "../../../src/adapters/git-host/working-copy.ts";
import { readConfig, type Config } from "../../../src/config.ts";

const run = promisify(execFile);
const NAME = "turbobackend-prj_test";
let root: string;
let config: Config;
let repository: { name: string; url: string };
let first: string;
let second: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "tb-copies-")));
  config = readConfig({ PATH: process.env.PATH, TB_HOME: join(root, "home") });
  const host = createLocalGitHost(config);
  repository = await host.createRepository(NAME);
  const workTree = join(root, "tree");
  await mkdir(workTree);
  await writeFile(join(workTree, "a.txt"), "one\n");
  const of = { projectId: "prj_test", repository, workTree, message: "One" };
  first = (await host.commitAndPush({ ...of, branch: "main" })).commit;
  await writeFile(join(workTree, "a.txt"), "two\n");
  second = (await host.commitAndPush({ ...of, branch: "feature/two" })).commit;
});
afterAll(() => rm(root, { recursive: true }));

describe("a name for a commit", () => {
  it.each([
    ["a branch", () => "feature/two", () => ({ commit: second, branch: "feature/two" })],
    ["a whole commit", () => first, () => ({ commit: first, branch: null })],
    ["the beginning of one", () => second.slice(0, 6), () => ({ commit: second, branch: null })],
  ])("may be %s", async (_, ref, resolved) => {
    const host = createLocalGitHost(config);
    expect(await host.resolve({ projectId: "prj_test", repository, ref: ref() })).toEqual(resolved());
  });

  it.each(["main~1", "HEAD", "--all", "refs/heads/main", "0000000", "feature/tow"])("is not %s", async (ref) => {
    const resolving = createLocalGitHost(config).resolve({ projectId: "prj_test", repository, ref });
    await expect(resolving).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a clone", () => {
  it("is whole, ordinary and the user's own", async () => {
    const folder = join(root, "deep", "clone");
    await createLocalGitHost(config).clone({ repository, folder });
    expect(await readdir(folder)).toEqual([".git", "a.txt"]);
    expect(await readdir(join(root, "deep"))).toEqual(["clone"]);
    const { stdout } = await run("git", ["-C", folder, "config", "--local", "--list"]);
    expect(stdout).toContain(`remote.origin.url=${repository.url}`);
    expect(stdout).not.toMatch(/hookspath|protocol|user\./i);
    await run("git", ["-C", folder, "switch", "--quiet", "feature/two"]);
  });

  it("is not made over what is there", async () => {
    const folder = join(root, "full");
    await mkdir(folder);
    await writeFile(join(folder, "mine"), "");
    await expect(createLocalGitHost(config).clone({ repository, folder })).rejects.toMatchObject({ code: "conflict" });
    expect(await readdir(folder)).toEqual(["mine"]);
    expect((await readdir(root)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("a working copy", () => {
  it("is found from any folder in it, through links, and as a work tree of its own", async () => {
    const folder = join(root, "found");
    await createLocalGitHost(config).clone({ repository, folder });
    await mkdir(join(folder, "server", "api"), { recursive: true });
    const copy = { folder, remotes: [await realpath(repository.url)] };
    expect(await findWorkingCopy(config, join(folder, "server", "api"))).toEqual(copy);
    await symlink(folder, join(root, "link"));
    expect(await findWorkingCopy(config, join(root, "link"))).toEqual(copy);
    await run("git", ["-C", folder, "worktree", "add", "--quiet", join(root, "other"), "feature/two"]);
    expect(await findWorkingCopy(config, join(root, "other"))).toEqual({ ...copy, folder: join(root, "other") });
  });

  it("knows remotes however they are written", async () => {
    const folder = join(root, "remotes");
    await run("git", ["init", "--quiet", folder]);
    for (const [name, url] of [
      ["relative", `../home/repositories/${NAME}.git`],
      ["file", `file://${repository.url}`],
      ["github", "https://example.com/ada/notes.git"],
    ] as const) {
      await run("git", ["-C", folder, "remote", "add", name, url]);
    }
    const address = await plainAddress(repository.url, "/");
    const { remotes } = (await findWorkingCopy(config, folder))!;
    expect(remotes).toEqual([address, address, "https://example.com/ada/notes.git"]);
  });

  it("is nothing where there is none", async () => {
    expect(await findWorkingCopy(config, join(root, "tree"))).toBeNull();
    expect(await findWorkingCopy(config, join(root, "not", "there"))).toBeNull();
    await mkdir(join(root, "odd", ".git"), { recursive: true });
    expect(await findWorkingCopy(config, join(root, "odd"))).toEqual({ folder: join(root, "odd"), remotes: [] });
  });
});

it("a place is free when it is not there or empty", async () => {
  await mkdir(join(root, "empty"));
  expect(await isFree(join(root, "empty"))).toBe(true);
  expect(await isFree(join(root, "nowhere"))).toBe(true);
  expect(await isFree(join(root, "tree"))).toBe(false);
  expect(await isFree(join(root, "tree", "a.txt"))).toBe(false);
  expect(await isFree(join(root, "tree", "a.txt", "below"))).toBe(false);
});
