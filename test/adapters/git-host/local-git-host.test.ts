import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { GitHost, RepositoryRef } from "../../../src/adapters/git-host/git-host.ts";
import { createLocalGitHost } from "../../../src/adapters/git-host/local-git-host.ts";
import { readConfig } from "../../../src/config.ts";
import { losingGit } from "../../helpers/faults/losing-git.ts";

const exec = promisify(execFile);
let root: string;
let tree: string;
let host: GitHost;
let repository: RepositoryRef;
const projectId = "prj_abc";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tb-git-"));
  tree = join(root, "tree");
  host = createLocalGitHost(config());
  repository = await host.createRepository("turbobackend-prj_abc");
  await write("package.json", "{}\n");
  await write("server/api/health.get.ts", "export default 1;\n");
});
afterEach(() => rm(root, { recursive: true, force: true }));

function config(path = process.env.PATH) {
  return readConfig({ TB_HOME: join(root, "home"), PATH: path });
}
async function write(path: string, text: string) {
  await mkdir(dirname(join(tree, path)), { recursive: true });
  await writeFile(join(tree, path), text);
}
function commit(message = "Add the project", branch = "main") {
  return host.commitAndPush({ projectId, repository, workTree: tree, branch, message });
}
async function git(...args: string[]): Promise<string> {
  return (await exec("git", ["--git-dir", repository.url, ...args])).stdout.trim();
}
function read(path: string) {
  return readFile(join(tree, path), "utf8");
}

describe("commitAndPush", () => {
  it("makes one commit by tb that a user can clone", async () => {
    const pushed = await commit("Add the project\n\nWith a body.");
    expect(pushed).toMatchObject({ branch: "main", files: ["package.json", "server/api/health.get.ts"] });
    await exec("git", ["clone", "-q", repository.url, join(root, "clone")]);
    expect(await readdir(join(root, "clone"))).toEqual([".git", "package.json", "server"]);
    expect(await git("log", "--format=%H %an <%ae> %cn %B", "main")).toBe(
      `${pushed.commit} TurboBackend Agent <agent@turbobackend.dev> TurboBackend Agent Add the project\n\nWith a body.`,
    );
  });

  it("commits nothing when the tree equals the head, and only what changed otherwise", async () => {
    const first = await commit();
    expect(await commit("Again")).toEqual(first);
    await write("package.json", '{ "a": 1 }\n');
    const second = await commit("Change it");
    expect(second.files).toEqual(["package.json"]);
    expect(await git("rev-list", "--count", "main")).toBe("2");
  });

  it("pushes a commit whose push was cut short", async () => {
    const first = await commit();
    await git("update-ref", "-d", "refs/heads/main");
    expect((await commit()).commit).toBe(first.commit);
    expect(await git("rev-parse", "main")).toBe(first.commit);
  });

  it("removes files and keeps the executable bit", async () => {
    await commit();
    await rm(join(tree, "server"), { recursive: true });
    await chmod(join(tree, "package.json"), 0o755);
    expect((await commit("Shrink")).files).toEqual(["package.json", "server/api/health.get.ts"]);
    expect(await git("ls-tree", "-r", "main")).toMatch(/^100755 blob \w+\tpackage.json$/);
  });

  it("stores bytes as they are, whatever .gitattributes says", async () => {
    await write(".gitattributes", "* text=auto eol=crlf ident\n*.txt working-tree-encoding=UTF-16 filter=evil\n");
    await write("a.txt", "one\r\ntwo $Id$\r\n");
    await commit();
    expect((await exec("git", ["--git-dir", repository.url, "show", "main:a.txt"])).stdout).toBe("one\r\ntwo $Id$\r\n");
  });

  it("never commits dependencies, build output or .env, even when .gitignore asks for it", async () => {
    await write(".gitignore", "ignored.txt\n!node_modules\n!.env\n!.output\n");
    await write("ignored.txt", "");
    for (const path of ["node_modules/a/index.js", ".output/server/index.mjs", ".nitro/x", ".env", "packages/b/.env"]) {
      await write(path, "DB_PASSWORD=secret\n");
    }
    expect((await commit()).files).toEqual([".gitignore", "package.json", "server/api/health.get.ts"]);
  });

  it("refuses other files of secrets, and takes an example", async () => {
    await write(".env.example", "DB_HOST=\n");
    expect((await commit()).files).toContain(".env.example");
    await write("config/.env.production", "DB_PASSWORD=x\n");
    await expect(commit()).rejects.toThrow("config/.env.production may hold passwords");
  });

  it("refuses symbolic links and nested repositories", async () => {
    await symlink("/etc/passwd", join(tree, "link"));
    await expect(commit()).rejects.toMatchObject({
      code: "failure",
      message: expect.stringContaining("link is a symbolic link"),
    });
    await rm(join(tree, "link"));
    await exec("git", ["init", "-q", join(tree, "sub")]);
    await expect(commit()).rejects.toThrow("sub is a repository of its own");
    expect(await git("for-each-ref")).toBe("");
  });

  it("runs nothing that the tree brings along", async () => {
    const marker = join(root, "ran");
    await exec("git", ["init", "-q", tree]);
    const evil = `#!/bin/sh\ntouch ${marker}\n`;
    for (const hook of [
      "pre-commit",
      "commit-msg",
      "post-commit",
      "pre-push",
      "reference-transaction",
      "post-index-change",
    ]) {
      await write(`.git/hooks/${hook}`, evil);
      await chmod(join(tree, ".git/hooks", hook), 0o755);
    }
    await write("evil.sh", evil);
    await chmod(join(tree, "evil.sh"), 0o755);
    await exec("git", ["-C", tree, "config", "core.fsmonitor", join(tree, "evil.sh")]);
    await exec("git", ["-C", tree, "config", "filter.evil.clean", join(tree, "evil.sh")]);
    await write(".gitattributes", "* filter=evil\n");
    const pushed = await commit();
    await host.saveTree({ projectId, workTree: tree, ref: "run_1" });
    await host.restoreTree({ projectId, workTree: tree, ref: "run_1" });
    await expect(stat(marker)).rejects.toThrow("ENOENT");
    expect(pushed.files.some((path) => path.startsWith(".git/"))).toBe(false);
    // The same tree does run it for a git that reads the tree's own configuration.
    await exec("git", ["-C", tree, "add", "-A"]);
    await stat(marker);
  });

  it("ignores git variables and configuration of the user", async () => {
    process.env.GIT_DIR = "/nowhere";
    process.env.GIT_CONFIG_PARAMETERS = "'core.bare'='nonsense'";
    try {
      await commit();
    } finally {
      delete process.env.GIT_DIR;
      delete process.env.GIT_CONFIG_PARAMETERS;
    }
    expect(await git("rev-list", "--count", "main")).toBe("1");
  });

  it("is a conflict when someone else pushed", async () => {
    await commit();
    const clone = join(root, "clone");
    await exec("git", ["clone", "-q", repository.url, clone]);
    await exec("git", [
      "-C",
      clone,
      "-c",
      "user.name=u",
      "-c",
      "user.email=u@u",
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      "Mine",
    ]);
    await exec("git", ["-C", clone, "push", "-q", "origin", "HEAD:main"]);
    await write("new.ts", "");
    await expect(commit()).rejects.toMatchObject({ code: "conflict" });
    expect(await git("log", "-1", "--format=%s", "main")).toBe("Mine");
  });

  it("starts a new branch from main", async () => {
    const first = await commit();
    await write("new.ts", "");
    const pushed = await commit("Branch", "feature/modification-1");
    expect(await git("rev-parse", `${pushed.commit}^`)).toBe(first.commit);
    expect(pushed.files).toEqual(["new.ts"]);
  });

  it.each(["../x", "-x", "a..b", "a b", "x.lock", "a//b", "/a", "HEAD", "a/", "@{u}"])(
    "refuses branch %s",
    async (branch) => {
      await expect(commit("m", branch)).rejects.toMatchObject({ code: "usage" });
    },
  );

  it("is done when the push was, though its answer was lost", async () => {
    const losing = await losingGit();
    host = createLocalGitHost(config(losing.path));
    const pushed = await commit();
    expect(await git("rev-list", "main")).toBe(pushed.commit);
    expect(await readdir(losing.path.split(":")[0]!)).toContain("lost");
    await losing.remove();
  });

  it("gets past locks that a killed process left", async () => {
    await commit();
    await write("new.ts", "");
    await writeFile(join(root, "home/git", projectId, "index.lock"), "");
    await writeFile(join(root, "home/git", projectId, "refs/heads/main.lock"), "");
    await writeFile(join(repository.url, "refs/heads/main.lock"), "");
    const later = new Date(Date.now() + 3_600_000);
    await utimes(join(repository.url, "refs/heads/main.lock"), later, later); // the clock was put back since
    const pushed = await commit("Second");
    expect(await git("rev-parse", "main")).toBe(pushed.commit);
  });
});

describe("repositories", () => {
  it("are created once, with main as HEAD, and removed without a trace", async () => {
    expect(await Promise.all([1, 2, 3].map(() => host.createRepository("twice")))).toEqual(
      [1, 2, 3].map(() => ({ name: "twice", url: join(root, "home/repositories/twice.git") })),
    );
    expect(await readFile(join(root, "home/repositories/twice.git/HEAD"), "utf8")).toBe("ref: refs/heads/main\n");
    await host.deleteRepository("twice");
    await host.deleteRepository("twice");
    await commit();
    await host.deleteRepository(repository.name);
    await host.forget(projectId);
    await host.forget(projectId);
    expect(await readdir(join(root, "home/repositories"))).toEqual([]);
    expect(await readdir(join(root, "home/git"))).toEqual([]);
  });

  it("that were half made by a killed process are cleared away", async () => {
    const left = join(root, "home/repositories/again.git.4194999-00112233.tmp");
    await mkdir(left);
    await host.createRepository("again");
    await expect(stat(left)).rejects.toThrow("ENOENT");
  });

  it.each(["../x", "", ".x", "a/b", "x.git", "a..b"])("refuse the name %j", async (name) => {
    await expect(host.createRepository(name)).rejects.toMatchObject({ code: "usage" });
  });

  it("need git, and say so", async () => {
    const without = createLocalGitHost(config(join(root, "empty")));
    await expect(without.createRepository("x")).rejects.toMatchObject({ code: "configuration" });
  });
});

describe("a commit", () => {
  it("is what the branch is at now, whoever pushed it", async () => {
    const { commit: first } = await commit();
    await host.forget(projectId);
    expect(await host.head({ projectId, repository, branch: "main" })).toEqual({ commit: first });
    await write("more.txt", "more\n");
    const { commit: second } = await commit("More");
    expect(await host.head({ projectId, repository, branch: "main" })).toEqual({ commit: second });
    await expect(host.head({ projectId, repository, branch: "other" })).rejects.toMatchObject({ code: "not_found" });
  });

  it("is written into an empty folder without a .git, also an older one", async () => {
    const { commit: first } = await commit();
    await write("more.txt", "more\n");
    await commit("More");
    const folder = join(root, "out");
    await host.checkout({ projectId, repository, commit: first, folder });
    expect(await readdir(folder)).toEqual(["package.json", "server"]);
    await expect(host.checkout({ projectId, repository, commit: first, folder })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("lists and reads its files without writing any", async () => {
    const { commit: first } = await commit();
    await write("server/api/more.get.ts", "export default 2;\n");
    const { commit: second } = await commit("More");
    const at = { projectId, repository };
    expect(await host.listFiles({ ...at, commit: first, folder: "server" })).toEqual(["server/api/health.get.ts"]);
    expect(await host.listFiles({ ...at, commit: second, folder: "" })).toHaveLength(3);
    expect(await host.readFile({ ...at, commit: second, path: "server/api/more.get.ts" })).toBe("export default 2;\n");
    expect(await host.readFile({ ...at, commit: first, path: "server/api/more.get.ts" })).toBeNull();
  });

  it("that a forced push has taken off the branch is still found, one that never was is not", async () => {
    const { commit: first } = await commit();
    const clone = join(root, "clone");
    await exec("git", ["clone", "-q", repository.url, clone]);
    await exec("git", [
      "-C",
      clone,
      "-c",
      "user.name=u",
      "-c",
      "user.email=u@u",
      "commit",
      "-q",
      "--amend",
      "-m",
      "Mine",
    ]);
    await exec("git", ["-C", clone, "push", "-q", "--force", "origin", "HEAD:main"]);
    await host.head({ projectId, repository, branch: "main" });
    expect(await host.readFile({ projectId, repository, commit: first, path: "package.json" })).toBe("{}\n");
    await expect(
      host.readFile({ projectId, repository, commit: "0".repeat(39) + "1", path: "package.json" }),
    ).rejects.toMatchObject({ code: "not_found", message: expect.stringContaining("0000000") });
    await expect(
      host.readFile({ projectId, repository, commit: "--upload-pack=x", path: "package.json" }),
    ).rejects.toMatchObject({ code: "usage" });
  });

  it("that holds a link is refused", async () => {
    const clone = join(root, "clone");
    await exec("git", ["clone", "-q", repository.url, clone]);
    await symlink("/etc/passwd", join(clone, "link"));
    await exec("git", ["-C", clone, "add", "-A"]);
    await exec("git", ["-C", clone, "-c", "user.name=u", "-c", "user.email=u@u", "commit", "-q", "-m", "Link"]);
    await exec("git", ["-C", clone, "push", "-q", "origin", "HEAD:main"]);
    const { commit: linked } = await host.head({ projectId, repository, branch: "main" });
    await expect(host.checkout({ projectId, repository, commit: linked, folder: join(root, "out") })).rejects.toThrow(
      "link",
    );
  });
});

describe("private trees", () => {
  it("bring the folder back as it was, and are never pushed", async () => {
    await commit();
    await write("note.txt", "one\n");
    const saved = await host.saveTree({ projectId, workTree: tree, ref: "run_1" });
    expect(saved.changed).toBe(true);
    expect(await host.saveTree({ projectId, workTree: tree, ref: "run_1" })).toEqual({ ...saved, changed: false });

    await write("note.txt", "two\n");
    await write("extra/deep/file.ts", "");
    await write(".gitignore", "kept.txt\n");
    await write("kept.txt", "");
    await write("node_modules/x.js", "");
    await rm(join(tree, "server"), { recursive: true });
    await symlink("/etc", join(tree, "server"));
    await exec("git", ["init", "-q", join(tree, "nested")]);
    await write("nested/a", "");

    expect(await host.restoreTree({ projectId, workTree: tree, ref: "run_1" })).toBe(true);
    expect((await readdir(tree)).toSorted()).toEqual([
      "kept.txt",
      "node_modules",
      "note.txt",
      "package.json",
      "server",
    ]);
    expect(await read("note.txt")).toBe("one\n");
    expect(await read("server/api/health.get.ts")).toBe("export default 1;\n");
    expect(await git("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect((await commit("With the note")).files).toEqual(["kept.txt", "note.txt"]); // .gitignore is gone as well
  });

  it("leave links and nested repositories out", async () => {
    await symlink("/etc/passwd", join(tree, "link"));
    await exec("git", ["init", "-q", join(tree, "nested")]);
    await write("nested/a", "");
    const { commit: saved } = await host.saveTree({ projectId, workTree: tree, ref: "run_1" });
    const { stdout } = await exec("git", [
      "--git-dir",
      join(root, "home/git", projectId),
      "ls-tree",
      "-r",
      "--name-only",
      saved,
    ]);
    expect(stdout).toBe("package.json\nserver/api/health.get.ts\n");
  });

  it("never take the place of one that was saved since, however slow git is", async () => {
    const bin = join(root, "slow");
    await mkdir(bin);
    const slow = `#!/bin/sh\ncase " $* " in *" write-tree "*) touch '${bin}/late'; sleep 2 ;; esac\nPATH='${process.env.PATH}' exec git "$@"\n`;
    await writeFile(join(bin, "git"), slow, { mode: 0o755 });
    const older = createLocalGitHost(config(`${bin}:${process.env.PATH}`));
    await host.saveTree({ projectId, workTree: tree, ref: "run_1" });
    await write("note.txt", "old\n");
    const late = older.saveTree({ projectId, workTree: tree, ref: "run_1" });
    await vi.waitFor(() => stat(join(bin, "late")), 10_000);
    await write("note.txt", "new\n");
    await host.saveTree({ projectId, workTree: tree, ref: "run_1" });
    await late;
    await write("note.txt", "lost\n");
    expect(await host.restoreTree({ projectId, workTree: tree, ref: "run_1" })).toBe(true);
    expect(await read("note.txt")).toBe("new\n");
  });

  it("and commits hold no file that a killed tb was writing", async () => {
    await write("server/.tb-0123456789ab.tmp", "half");
    await write(".tb-ab0123456789.tmp", "half");
    expect((await commit()).files).toEqual(["package.json", "server/api/health.get.ts"]);
    await write("note.txt", "");
    const { commit: saved } = await host.saveTree({ projectId, workTree: tree, ref: "run_1" });
    const folder = join(root, "home/git", projectId);
    const { stdout } = await exec("git", ["--git-dir", folder, "ls-tree", "-r", "--name-only", saved]);
    expect(stdout).toBe("note.txt\npackage.json\nserver/api/health.get.ts\n");
  });

  it("that do not exist change nothing", async () => {
    expect(await host.restoreTree({ projectId, workTree: tree, ref: "run_2" })).toBe(false);
    expect(await read("package.json")).toBe("{}\n");
  });
});
