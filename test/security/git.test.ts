// Trees that want something of git: that it runs their programs, reads or writes elsewhere, takes their names for options, or
// carries secrets away. git works on tb's side, outside the sandbox, so nothing of a tree may steer it.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { GitHost, RepositoryRef } from "../../src/adapters/git-host/git-host.ts";
import { createGit } from "../../src/adapters/git-host/git.ts";
import { createLocalGitHost } from "../../src/adapters/git-host/local-git-host.ts";
import { findWorkingCopy } from "../../src/adapters/git-host/working-copy.ts";
import { readConfig, type Config } from "../../src/config.ts";
import { formsOf } from "../../src/secrets/secret-forms.ts";
import { rememberSecret } from "../../src/secrets/redactor.ts";

const exec = promisify(execFile);
const projectId = "prj_abc";
/** In two parts, so that nobody who looks through this file takes it for one. */
const AWS_KEY = ["AKIA", "ABCDEFGH01234567"].join("");

let root: string;
let tree: string;
let config: Config;
let host: GitHost;
let repository: RepositoryRef;
/** Whatever the tree brings along makes this file when it is run. */
let marker: string;
let evil: string;

/** What each test gets a copy of: an empty repository, and tb's own git directory of the project. */
let model: string;

beforeAll(async () => {
  model = await mkdtemp(join(tmpdir(), "tb-hostile-git-"));
  const maker = createLocalGitHost(readConfig({ TB_HOME: model, PATH: process.env.PATH }));
  await maker.createRepository("turbobackend-prj_abc");
  await mkdir(join(model, "empty"));
  await maker.saveTree({ projectId, workTree: join(model, "empty"), ref: "made" });
});
afterAll(() => rm(model, { recursive: true, force: true }));

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tb-hostile-git-"));
  [tree, marker, evil] = [join(root, "tree"), join(root, "ran"), join(root, "tree/evil.sh")];
  config = readConfig({ TB_HOME: join(root, "home"), PATH: process.env.PATH });
  await cp(model, config.home, { recursive: true });
  host = createLocalGitHost(config);
  repository = { name: "turbobackend-prj_abc", url: join(config.home, "repositories/turbobackend-prj_abc.git") };
  await write("package.json", "{}\n");
  await write("evil.sh", `#!/bin/sh\ntouch ${marker}\ncat\n`);
  await chmod(evil, 0o755);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(tree, path)), { recursive: true });
  await writeFile(join(tree, path), content);
}

function commit(message = "Add the project", branch = "main") {
  return host.commitAndPush({ projectId, repository, workTree: tree, branch, message });
}

/** Everything that tb does with a tree. */
async function everything(): Promise<void> {
  const { commit: pushed } = await commit();
  await host.saveTree({ projectId, workTree: tree, ref: "runs/1" });
  await write("package.json", '{ "changed": true }\n');
  await host.restoreTree({ projectId, workTree: tree, ref: "runs/1" });
  await host.checkout({ projectId, repository, commit: pushed, folder: join(root, "out") });
  await host.clone({ repository, folder: join(root, "clone") });
  await findWorkingCopy(config, tree);
}

async function show(path: string, branch = "main"): Promise<string> {
  return (await exec("git", ["--git-dir", repository.url, "show", `${branch}:${path}`])).stdout;
}

async function pathsIn(branch = "main"): Promise<string[]> {
  const { stdout } = await exec("git", ["--git-dir", repository.url, "ls-tree", "-r", "-z", "--name-only", branch]);
  return stdout.split("\0").filter(Boolean);
}

/** As somebody who pushes by hand. */
async function pushByHand(change: (clone: string) => Promise<unknown>): Promise<string> {
  const clone = join(root, `by-hand-${randomBytes(3).toString("hex")}`);
  const git = (...args: string[]) => exec("git", ["-C", clone, "-c", "user.name=u", "-c", "user.email=u@u", ...args]);
  await exec("git", ["clone", "-q", repository.url, clone]);
  await change(clone);
  await git("add", "--all");
  await git("commit", "-q", "-m", "By hand");
  await git("push", "-q", "origin", "HEAD:main");
  return (await git("rev-parse", "HEAD")).stdout.trim();
}

describe("what a tree wants to have run", () => {
  const HOOKS = ["pre-commit", "commit-msg", "post-commit", "pre-push", "reference-transaction", "post-index-change"];
  const AS_ANYBODY = ["-c", "user.name=u", "-c", "user.email=u@u", "-c", "safe.directory=*"];

  /** The same tree does run it for a git that reads the tree's own configuration: so the attack is one. */
  async function provesItself(...args: string[]): Promise<void> {
    expect(existsSync(marker)).toBe(false);
    const child = exec("git", ["-C", tree, ...AS_ANYBODY, ...args], { env: { PATH: process.env.PATH, HOME: root } });
    child.child.stdin!.end("protocol=https\nhost=example.com\n\n");
    await child.catch(() => {}); // what it comes to in the end does not matter
    expect(existsSync(marker)).toBe(true);
  }

  test("hooks of its own .git", async () => {
    await exec("git", ["init", "-q", tree]);
    for (const hook of HOOKS) {
      await write(`.git/hooks/${hook}`, `#!/bin/sh\ntouch ${marker}\n`);
      await chmod(join(tree, ".git/hooks", hook), 0o755);
    }
    await everything();
    await provesItself("add", "--all");
  });

  test.each([
    ["a file system monitor", ["core.fsmonitor"], ["status"]],
    ["a clean filter", ["filter.evil.clean"], ["add", "--all"]],
    ["a smudge filter", ["filter.evil.smudge"], ["checkout", "HEAD", "--", "."]],
    ["a filter process", ["filter.evil.process"], ["add", "--all"]],
    ["a text converter", ["diff.evil.textconv"], ["diff", "HEAD"]],
    ["a diff command", ["diff.evil.command"], ["diff", "HEAD"]],
    ["an editor", ["core.editor"], ["commit", "--allow-empty"]],
    ["a signing program", ["gpg.program", "commit.gpgSign"], ["commit", "--allow-empty", "-m", "m"]],
    ["a credential helper", ["credential.helper"], ["credential", "fill"]],
    ["a program to send to", ["remote.origin.receivepack", "remote.origin.url"], ["push", "origin", "HEAD:x"]],
    ["a program to fetch from", ["remote.origin.uploadpack", "remote.origin.url"], ["fetch", "origin"]],
  ])("%s of its own configuration", async (_, keys, command) => {
    await exec("git", ["init", "-q", tree]);
    await exec("git", ["-C", tree, ...AS_ANYBODY, "commit", "-q", "--allow-empty", "-m", "m"]);
    await exec("git", ["-C", tree, "add", "package.json"]);
    await exec("git", ["-C", tree, ...AS_ANYBODY, "commit", "-q", "-m", "m"]);
    for (const key of keys) {
      const given = { "commit.gpgSign": "true", "remote.origin.url": repository.url }[key];
      const value = given ?? (key.endsWith("pack") ? `touch ${marker}; false` : evil); // git waits for what these answer
      await exec("git", ["-C", tree, "config", key, value]);
    }
    await write(".gitattributes", "* filter=evil diff=evil\n");
    await everything();
    expect(await show("package.json")).toBe("{}\n"); // and not what a filter makes of it
    await write("package.json", "changed\n");
    await provesItself(...command);
  });

  test("a configuration that its .git includes, or that a .git file points to", async () => {
    await write("config-of-evil", `[core]\n\tfsmonitor = ${evil}\n`);
    await exec("git", ["init", "-q", "--separate-git-dir", join(root, "elsewhere"), tree]);
    await appendFile(join(root, "elsewhere/config"), `[include]\n\tpath = ${tree}/config-of-evil\n`);
    await everything();
    expect(await pathsIn()).not.toContain(".git");
    await provesItself("status");
  });

  test("a command in a message, a name or a branch", async () => {
    const command = `$(touch ${marker}) \`touch ${marker}\` ; touch ${marker} #`;
    await write(`$(touch ran)`, "x\n");
    await commit(`${command}\n\n${command}`);
    const { stdout } = await exec("git", ["--git-dir", repository.url, "log", "-1", "--format=%B", "main"]);
    expect(stdout.trim()).toBe(`${command}\n\n${command}`);
    await expect(commit("m", `feature/$(touch ${marker})`)).rejects.toMatchObject({ code: "usage" });
    expect(existsSync(marker)).toBe(false);
    expect(await pathsIn()).toContain("$(touch ran)");
  });

  test("a transport that is a command, or goes over the network", async () => {
    const git = createGit(config);
    for (const address of [
      `ext::sh -c "touch ${marker}"`,
      "https://127.0.0.1:9/x",
      "http://127.0.0.1:9/x",
      "ssh://127.0.0.1/x",
      "git://127.0.0.1:9/x",
    ]) {
      await expect(git(["ls-remote", "--", address]), address).rejects.toThrow(/transport '.*' not allowed/);
    }
    expect(existsSync(marker)).toBe(false);
  });

  test("programs that the user's environment names", async () => {
    const names = [
      "GIT_SSH_COMMAND",
      "GIT_EXTERNAL_DIFF",
      "GIT_EDITOR",
      "GIT_PAGER",
      "GIT_ASKPASS",
      "GIT_PROXY_COMMAND",
      "GIT_TEMPLATE_DIR",
      "GIT_EXEC_PATH",
    ];
    for (const name of names) process.env[name] = evil;
    try {
      await everything();
    } finally {
      for (const name of names) delete process.env[name];
    }
    expect(existsSync(marker)).toBe(false);
  });
});

describe("what a tree wants to reach", () => {
  test("a file through a symbolic link", async () => {
    await symlink("/etc/passwd", join(tree, "link"));
    await expect(commit()).rejects.toThrow("link is a symbolic link");
  });

  test("a folder through a symbolic link in the place of one of its own", async () => {
    await write("server/a.ts", "a\n");
    await commit();
    await rm(join(tree, "server"), { recursive: true });
    await symlink("/etc", join(tree, "server"));
    await expect(commit("Again")).rejects.toThrow("server is a symbolic link");
    await host.saveTree({ projectId, workTree: tree, ref: "runs/1" });
    const { stdout } = await exec("git", [
      "--git-dir",
      join(root, "home/git", projectId),
      "ls-tree",
      "-r",
      "--name-only",
      "refs/tb/runs/1",
    ]);
    expect(stdout.split("\n").filter((path) => path.startsWith("server"))).toEqual([]);
  });

  test("a place outside when it is restored through a link", async () => {
    const outside = join(root, "outside");
    await mkdir(outside);
    await write("server/a.ts", "a\n");
    await host.saveTree({ projectId, workTree: tree, ref: "runs/1" });
    await rm(join(tree, "server"), { recursive: true });
    await symlink(outside, join(tree, "server"));
    await host.restoreTree({ projectId, workTree: tree, ref: "runs/1" });
    expect(existsSync(join(outside, "a.ts"))).toBe(false);
    expect(await readFile(join(tree, "server/a.ts"), "utf8")).toBe("a\n");
  });

  test("a place outside by a commit that holds a link", async () => {
    await commit();
    const linked = await pushByHand((clone) => symlink("/etc/passwd", join(clone, "link")));
    await expect(host.checkout({ projectId, repository, commit: linked, folder: join(root, "out") })).rejects.toThrow(
      "link",
    );
    expect(existsSync(join(root, "out"))).toBe(false);
  });

  test("another repository, as a submodule of a commit", async () => {
    const { commit: first } = await commit();
    const nested = await pushByHand(async (clone) => {
      await exec("git", ["-C", clone, "update-index", "--add", "--cacheinfo", `160000,${first},sub`]);
      await mkdir(join(clone, "sub"));
    });
    await expect(host.checkout({ projectId, repository, commit: nested, folder: join(root, "out") })).rejects.toThrow(
      "a submodule",
    );
  });

  test.each(["nested", "server/deep/nested"])("the commits of a repository inside it (%s)", async (path) => {
    await exec("git", ["init", "-q", join(tree, path)]);
    await write(`${path}/a`, "a\n");
    await expect(commit()).rejects.toThrow(`${path} is a repository of its own`);
  });

  test.each([".GIT", ".Git", "server/.gIT"])("a .git in other letters (%s)", async (path) => {
    await write(`${path}/config`, "[core]\n");
    await write("server/a.ts", "a\n");
    try {
      await commit();
    } catch {
      return; // refused as a whole is fine
    }
    expect((await pathsIn()).filter((name) => /\.git(\/|$)/i.test(name))).toEqual([]);
  });

  test.each([".git\u200c/config", "git~1/config", ".git /config"])(
    "a .git of another file system (%j)",
    async (path) => {
      await write(path, "[core]\n");
      await expect(commit()).rejects.toThrow(/invalid path|not be committed|unable to add/i);
    },
  );

  test("a git directory of its own by a variable or a .git file", async () => {
    await exec("git", ["init", "-q", "--bare", join(root, "theirs.git")]);
    await write(".git", `gitdir: ${root}/theirs.git\n`);
    await commit();
    const { stdout } = await exec("git", ["--git-dir", join(root, "theirs.git"), "for-each-ref"]);
    expect(stdout).toBe("");
  });

  test("objects of other repositories by an alternate", async () => {
    await exec("git", ["init", "-q", tree]);
    await write(".git/objects/info/alternates", `${repository.url}/objects\n`);
    await commit();
    expect(await pathsIn()).toEqual(["evil.sh", "package.json"]);
  });
});

describe("names", () => {
  const ODD = [
    "a\nb.txt",
    "tab\there",
    'quo"te',
    "back\\slash",
    "-rf",
    "--upload-pack=x",
    ":(exclude)package.json",
    "*",
    "[a]",
    "ünï",
    "$(x)",
    "`y`",
    "a;b",
    "HEAD",
    "~",
    " ",
  ];

  test("of files are kept as they are, whatever git or a shell could take them for", async () => {
    for (const name of ODD) await write(name, `${JSON.stringify(name)}\n`);
    const { files, commit: pushed } = await commit();
    const expected = [...ODD, "evil.sh", "package.json"].toSorted();
    expect(files.toSorted()).toEqual(expected);
    expect((await pathsIn()).toSorted()).toEqual(expected);
    expect((await host.listFiles({ projectId, repository, commit: pushed, folder: "" })).toSorted()).toEqual(expected);
    for (const name of ODD) {
      expect(await host.readFile({ projectId, repository, commit: pushed, path: name })).toBe(
        `${JSON.stringify(name)}\n`,
      );
    }
    await host.checkout({ projectId, repository, commit: pushed, folder: join(root, "out") });
    for (const name of ODD) expect(await readFile(join(root, "out", name), "utf8")).toBe(`${JSON.stringify(name)}\n`);
  });

  test("that differ only in their case are two files", async () => {
    await write("README", "large\n");
    await write("readme", "small\n");
    await commit();
    expect([await show("README"), await show("readme")]).toEqual(["large\n", "small\n"]);
  });

  test.each([
    "-x",
    "--force",
    "--upload-pack=touch x",
    "../x",
    "a..b",
    "refs/../x",
    "x.lock",
    "HEAD",
    "@{u}",
    "a b",
    "a:b",
    "a^",
    "x\ny",
    "",
    "/",
  ])("of branches that are something else are refused (%j)", async (branch) => {
    await expect(commit("m", branch)).rejects.toMatchObject({ code: "usage" });
    await expect(host.head({ projectId, repository, branch })).rejects.toMatchObject({ code: "usage" });
  });

  test.each(["--upload-pack=touch x", "-x", "HEAD", "main", "0".repeat(39), "main:package.json", "@{-1}"])(
    "of commits that are something else are refused (%j)",
    async (name) => {
      const folder = join(root, "out");
      await expect(host.checkout({ projectId, repository, commit: name, folder })).rejects.toMatchObject({
        code: "usage",
      });
    },
  );

  test.each(["../../etc", "-x", ".", "..", "a/b", "x.git", "a\0b", "%2e%2e"])(
    "of projects that leave the folder are refused (%j)",
    async (id) => {
      await expect(host.saveTree({ projectId: id, workTree: tree, ref: "runs/1" })).rejects.toMatchObject({
        code: "usage",
      });
      await expect(host.deleteRepository(id)).rejects.toMatchObject({ code: "usage" });
    },
  );
});

describe("secrets", () => {
  const secret = randomBytes(32).toString("base64url");
  rememberSecret(secret);

  test.each(formsOf(secret).map((form, index) => [index, form] as const))(
    "of this installation are not committed, in form %i",
    async (_, form) => {
      await write("server/config.ts", `// one\nexport const value = "x${form}x";\n`);
      const failure = await commit().then(
        () => null,
        (error: Error) => error,
      );
      expect(failure).toMatchObject({
        code: "failure",
        message: expect.stringContaining("server/config.ts, line 2, holds a password or key of this installation"),
      });
      expect(JSON.stringify(failure) + failure!.stack!).not.toContain(form);
      expect((await exec("git", ["--git-dir", repository.url, "for-each-ref"])).stdout).toBe("");
    },
  );

  test.each([
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
    ["a private key", "-----BEGIN PRIVATE KEY-----"],
    ["an AWS access key", AWS_KEY],
    ["a GitHub token", `ghp_${"a1B2".repeat(9)}`],
    ["a GitHub token", `github_pat_${"a1B2_".repeat(13)}`],
    ["an OpenAI key", `sk-proj-${"a1B2-".repeat(5)}T3BlbkFJ${"c3D4_".repeat(5)}`],
    ["an OpenRouter key", `sk-or-v1-${"0123456789abcdef".repeat(4)}`],
    ["an npm token", `npm_${"a1B2".repeat(9)}`],
    ["a Slack token", `xoxb-1234567890-${"a1B2c3D4".repeat(3)}`],
    ["a Stripe key", `sk_live_${"a1B2c3D4".repeat(3)}`],
  ])("of anybody are not committed: %s", async (what, text) => {
    await write("odd\nname.txt", Buffer.concat([Buffer.from([0, 255, 10]), Buffer.from(`token=${text};`)]));
    await expect(commit()).rejects.toThrow(`odd\nname.txt, line 2, holds ${what}.`);
    await rm(join(tree, "odd\nname.txt"));
    await expect(commit(`Use ${text}`)).rejects.toThrow(`The commit message holds ${what}.`);
  });

  test.each([".env.production", "config/.env.local", ".ENV.x"])(
    "in files that are made for them are not committed (%s)",
    async (path) => {
      await write(path, "A=b\n");
      await expect(commit()).rejects.toThrow("may hold passwords");
    },
  );

  test("that somebody has pushed by hand do not stop tb's own work, new ones do", async () => {
    await commit();
    await pushByHand((clone) => writeFile(join(clone, "fixture.txt"), AWS_KEY));
    await host.forget(projectId);
    await write("fixture.txt", AWS_KEY);
    await write("new.txt", "new\n");
    expect((await commit("Mine")).files).toEqual(["new.txt"]);
    await write("copy.txt", `${AWS_KEY}\n`);
    await expect(commit("Another place")).rejects.toThrow("copy.txt, line 1");
  });

  test("are on no command line and in no variable of git, also while they are looked for", async () => {
    const bin = join(root, "bin");
    await mkdir(bin);
    const real = (await exec("sh", ["-c", "command -v git"])).stdout.trim();
    await writeFile(join(bin, "git"), `#!/bin/sh\n{ echo "$*"; env; } >> ${root}/seen\nexec ${real} "$@"\n`, {
      mode: 0o755,
    });
    const watched = createLocalGitHost(
      readConfig({ TB_HOME: config.home, PATH: `${bin}:${process.env.PATH}`, GITHUB_ACCESS_TOKEN: secret }),
    );
    await write("a.txt", secret);
    await expect(
      watched.commitAndPush({ projectId, repository, workTree: tree, branch: "main", message: "m" }),
    ).rejects.toThrow("a.txt");
    const seen = await readFile(join(root, "seen"), "utf8");
    expect(seen).toContain("grep --cached");
    expect(formsOf(secret).filter((form) => seen.includes(form))).toEqual([]);
  });

  test("are in no file of a clone, and the address that it has is a plain path", async () => {
    await commit();
    await host.clone({ repository, folder: join(root, "clone") });
    const found = await findWorkingCopy(config, join(root, "clone"));
    expect(found!.remotes).toEqual([repository.url]);
    const { stdout } = await exec("grep", [
      "-rlF",
      secret,
      join(root, "clone"),
      repository.url,
      join(root, "home"),
    ]).catch(() => ({ stdout: "" }));
    expect(stdout).toBe("");
  });
});
