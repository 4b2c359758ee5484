// What hostile code finds of the host's files, and what it can do to them: nothing.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adoptTree } from "../../src/adapters/sandbox/adopt-tree.ts";
import { describeIsolated, hostileWorld, type HostileWorld } from "./world.ts";

const asRoot = process.getuid?.() === 0;

describeIsolated("files", () => {
  let world: HostileWorld;
  beforeAll(async () => {
    world = await hostileWorld();
  });
  afterAll(() => world.remove());

  test("the root holds nothing of this machine but /usr and what leads there", async () => {
    const { stdout } = await world.sh("ls -A /");
    const known = ["bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr"];
    const above = [world.root, process.execPath].map((path) => path.split("/")[1]!);
    expect(
      stdout
        .trim()
        .split("\n")
        .filter((name) => ![...known, ...above].includes(name)),
    ).toEqual([]);
  });

  test("homes, logs and system folders of this machine are not there", async () => {
    const { stdout } = await world.sh("ls -d /root /home /var/log /srv /opt /boot /sys /run /mnt 2>/dev/null");
    expect(stdout).toBe("");
  });

  test("of /etc only what is needed to start programs is there", async () => {
    const { stdout } = await world.sh("ls -A /etc");
    const allowed = ["alternatives", "group", "hosts", "ld.so.cache", "localtime", "nsswitch.conf", "passwd"];
    expect(
      stdout
        .trim()
        .split("\n")
        .filter((name) => !allowed.includes(name)),
    ).toEqual([]);
  });

  test("/etc/shadow cannot be read", async () => {
    expect((await world.sh("cat /etc/shadow")).exitCode).not.toBe(0);
  });

  test("/etc/passwd and /etc/hosts tell nothing of this machine", async () => {
    const { stdout } = await world.sh("cut -d: -f1 /etc/passwd; cat /etc/hosts");
    expect(stdout).toBe("root\nsandbox\n127.0.0.1 localhost sandbox\n::1 localhost\n");
  });

  test.each(["/", "/usr", "/usr/bin", "/usr/lib", "/etc", "/dev", "/proc", "/var", "/var/lib"])(
    "nothing can be written to %s",
    async (folder) => {
      expect((await world.sh(`: > ${folder}/tb-was-here && rm ${folder}/tb-was-here`)).exitCode).not.toBe(0);
      expect(existsSync(`${folder}/tb-was-here`)).toBe(false);
    },
  );

  test("programs of this machine cannot be changed", async () => {
    const before = statSync("/usr/bin/env").mtimeMs;
    expect((await world.sh(": >> /usr/bin/env || touch /usr/bin/env")).exitCode).not.toBe(0);
    expect((await world.sh(`: >> ${process.execPath}`)).exitCode).not.toBe(0);
    expect(statSync("/usr/bin/env").mtimeMs).toBe(before);
  });

  test("/usr cannot be remounted to be writable", async () => {
    const { exitCode } = await world.sh("mount -o remount,rw /usr || mount -o remount,bind,rw /usr");
    expect(exitCode).not.toBe(0);
  });

  test("nothing can be mounted, not even for itself", async () => {
    expect((await world.sh("mkdir m && mount -t tmpfs none m")).exitCode).not.toBe(0);
    expect((await world.sh("mount --bind /proc m")).exitCode).not.toBe(0);
  });

  test("what covers the host's files cannot be unmounted", async () => {
    for (const path of ["/usr", "/tmp", "/proc", "/dev", world.root]) {
      expect((await world.sh(`umount ${path} || umount -l ${path}`)).exitCode).not.toBe(0);
    }
  });

  test("tb's own folder and its secrets are not there", async () => {
    const secret = join(world.config.home, "secrets", "installation.id");
    expect(asRoot ? existsSync(secret) : true).toBe(true);
    const { exitCode, output } = await world.sh(`cat ${secret}; ls ${world.config.home}`);
    expect(exitCode).not.toBe(0);
    expect(output).not.toMatch(/^[0-9a-f]{16}$/m);
  });

  test("the notes by which tb ends its processes are out of its reach", async () => {
    expect((await world.sh(`ls ${world.root}/groups || echo {} > ${world.root}/groups/1`)).exitCode).not.toBe(0);
  });

  test("another sandbox's files are not there", async () => {
    const other = await world.provider.create("sbx_other");
    await other.writeFile("secret.txt", "of another project\n");
    const path = join(await other.workTree(), "secret.txt");
    expect(readFileSync(path, "utf8")).toContain("another");
    for (const way of [path, "../../sbx_other/work/secret.txt", `/proc/self/root${path}`]) {
      expect((await world.sh(`cat ${way}`)).output).not.toContain("of another project");
    }
  });

  test.runIf(asRoot)("even outside of its namespaces its user could not enter another sandbox", async () => {
    const other = await world.provider.create("sbx_other");
    const [mine, theirs] = [await world.sandbox.workTree(), await other.workTree()].map((path) => statSync(path));
    expect(mine!.uid).toBeGreaterThanOrEqual(1_900_000_000);
    expect(theirs!.uid).not.toBe(mine!.uid);
    const look = (path: string) => execFileSync("ls", [path], { uid: mine!.uid, gid: mine!.gid, stdio: "pipe" });
    expect(look(await world.sandbox.workTree())).toBeInstanceOf(Buffer);
    const foreign = await other.workTree();
    expect(() => look(foreign)).toThrow("Permission denied");
    expect(() => look(world.config.home)).toThrow("Permission denied");
  });

  test.runIf(asRoot)("packages that other sandboxes share cannot be changed through their links", async () => {
    const work = await world.sandbox.workTree();
    mkdirSync(join(work, "node_modules", "shared"), { recursive: true });
    writeFileSync(join(world.config.home, "prepared.js"), "good\n");
    linkSync(join(world.config.home, "prepared.js"), join(work, "node_modules", "shared", "index.js"));
    const file = "node_modules/shared/index.js";
    expect((await world.sh(`cat ${file}`)).stdout).toBe("good\n");
    expect((await world.sh(`echo bad > ${file} || chmod 666 ${file} || rm ${file}`)).exitCode).not.toBe(0);
    expect(readFileSync(join(world.config.home, "prepared.js"), "utf8")).toBe("good\n");
  });

  test.runIf(asRoot)(
    "what root writes into the tree is the sandbox's, but a link to something shared is not given away",
    async () => {
      const work = await world.sandbox.workTree();
      const owner = statSync(work);
      writeFileSync(join(world.config.home, "outside.txt"), "shared\n");
      await world.sandbox.fillTree(async (folder) => {
        mkdirSync(join(folder, "server"));
        writeFileSync(join(folder, "server", "new.ts"), "x");
        linkSync(join(world.config.home, "outside.txt"), join(folder, "server", "link.txt"));
        symlinkSync(join(world.config.home, "outside.txt"), join(folder, "server", "symlink.txt"));
      });
      adoptTree(work, owner); // again is fine
      expect(statSync(join(work, "server", "new.ts")).uid).toBe(owner.uid);
      expect(statSync(join(world.config.home, "outside.txt")).uid).toBe(0);
      expect((await world.sh("echo y > server/new.ts")).exitCode).toBe(0);
    },
  );

  test.runIf(asRoot)("a program with root's setuid bit gives no rights", async () => {
    const work = await world.sandbox.workTree();
    copyFileSync(
      execFileSync("sh", ["-c", "readlink -f $(command -v id)"], { encoding: "utf8" }).trim(),
      join(work, "id"),
    );
    execFileSync("chmod", ["4755", join(work, "id")]);
    const { stdout } = await world.sh("./id");
    expect(stdout).toContain(`uid=${statSync(work).uid}`);
    expect(stdout).not.toContain("euid=0");
  });

  test("setuid programs of this machine gain nothing", async () => {
    expect((await world.sh("su -c id root < /dev/null")).stdout).not.toContain("uid=0");
    expect((await world.sh("grep NoNewPrivs /proc/self/status")).stdout).toMatch(/\b1$/m);
  });

  test("no device of this machine can be reached or made", async () => {
    const { stdout } = await world.sh("for f in /dev/*; do [ -L $f ] || [ -d $f ] || echo $f; done");
    expect(stdout.trim().split("\n")).toEqual(
      ["full", "null", "random", "tty", "urandom", "zero"].map((name) => `/dev/${name}`),
    );
    expect((await world.sh("mknod disk b 8 0 || mknod memory c 1 1")).exitCode).not.toBe(0);
  });

  test("a file cannot grow beyond the limit", async () => {
    expect((await world.sh("truncate -s 1100M large")).exitCode).not.toBe(0);
    expect(statSync(join(await world.sandbox.workTree(), "large")).size).toBe(0);
  });

  test("/tmp is its own, of memory and limited, and not this machine's", async () => {
    const outside = await mkdtemp("/tmp/outside-");
    const { output } = await world.sh("dd if=/dev/zero of=/tmp/fill bs=1M count=400; rm /tmp/fill; ls -A /tmp");
    await rm(outside, { recursive: true });
    expect(output).toMatch(/No space left/);
    expect(output).not.toContain(basename(outside)); // what tb itself needs may lie there, such as its Node
  });

  test("/dev/shm is limited too", async () => {
    const { output } = await world.sh("dd if=/dev/zero of=/dev/shm/fill bs=1M count=100");
    expect(output).toMatch(/No space left/);
  });

  test("the kernel's settings cannot be changed", async () => {
    // Opened only: were it possible, nothing of this machine would be changed by this test.
    for (const file of ["/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger"]) {
      expect((await world.sh(`: > ${file}`)).exitCode).not.toBe(0);
    }
  });

  test("a link that leads out is not followed when tb reads", async () => {
    const { sandbox } = world;
    await world.sh("ln -s /etc/shadow shadow; ln -s /etc folder; mkfifo pipe");
    await expect(sandbox.readFile("shadow")).rejects.toMatchObject({ code: "usage" });
    await expect(sandbox.readFile("folder/passwd")).rejects.toMatchObject({ code: "usage" });
    await expect(sandbox.readFile("pipe")).rejects.toMatchObject({ code: "usage" });
    expect(await sandbox.listFiles()).not.toContain("shadow");
  });

  test("a link that leads out is not followed when tb writes", async () => {
    const outside = join(world.config.home, "target");
    mkdirSync(outside);
    await world.sh(`ln -s ${outside} out; ln -s ${outside}/file file`);
    await expect(world.sandbox.writeFile("out/file", "x")).rejects.toMatchObject({ code: "usage" });
    await world.sandbox.writeFile("file", "x"); // replaces the link
    expect(existsSync(join(outside, "file"))).toBe(false);
  });

  test("folders that are exchanged for links while tb writes do not lead it astray", async () => {
    const outside = join(world.config.home, "race");
    mkdirSync(outside);
    const swapping = world.sh(
      `mkdir real; i=0; while [ $i -lt 300 ]; do mv real spare; ln -s ${outside} real; rm real; mv spare real; i=$((i+1)); done`,
    );
    const at = { end: false };
    void swapping.then(() => (at.end = true));
    for (let i = 0; !at.end; i++) {
      try {
        await world.sandbox.writeFile(`real/f${i}`, "x");
      } catch {
        // refused, or the folder was away: both are fine
      }
      await new Promise(setImmediate);
    }
    expect(execFileSync("ls", ["-A", outside], { encoding: "utf8" })).toBe("");
  });
});
