import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBlobs, sha256Of } from "../../../src/adapters/object-store/blobs.ts";
import { createDirectoryObjectStore } from "../../../src/adapters/object-store/directory-object-store.ts";
import type { ObjectStore } from "../../../src/adapters/object-store/object-store.ts";
import { readConfig } from "../../../src/config.ts";

let root: string;
let folder: string;
let store: ObjectStore;
const files = ["package.json", "server/run.sh"];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tb-store-"));
  folder = join(root, "tree");
  store = createDirectoryObjectStore(readConfig({ TB_HOME: join(root, "home") }));
  await write("package.json", "{}\n");
  await write("server/run.sh", "#!/bin/sh\n");
  await chmod(join(folder, "server/run.sh"), 0o755);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
function put(projectId = "prj_a", extra?: Record<string, string>) {
  return store.putSnapshot({ projectId, commit: "c0ffee", folder, files, ...(extra && { extra }) });
}
function blob(text: string) {
  return join(root, "home/snapshots/blobs", sha256Of(text).slice(0, 2), sha256Of(text));
}
function archived(text: string) {
  return `${blob(text)}.gz`;
}
async function blobs(): Promise<string[]> {
  const names = await readdir(join(root, "home/snapshots/blobs"), { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe("putSnapshot", () => {
  it("stores every file under its hash, and a manifest that leads back to them", async () => {
    const ref = await put("prj_a", { "verification.json": '{"passed":true}' });
    expect(ref).toMatchObject({
      files: 3,
      bytes: 28,
      url: expect.stringMatching(/^file:\/\/.*prj_a\/[0-9a-f]{64}\.json$/),
    });
    expect(sha256Of(await readFile(fileURLToPath(ref.url)))).toBe(ref.id);
    expect(await store.readSnapshot(ref.url)).toEqual({
      project_id: "prj_a",
      commit: "c0ffee",
      files: [
        { path: "package.json", sha256: sha256Of("{}\n"), bytes: 3, executable: false },
        { path: "server/run.sh", sha256: sha256Of("#!/bin/sh\n"), bytes: 10, executable: true },
        { path: "verification.json", sha256: sha256Of('{"passed":true}'), bytes: 15, executable: false },
      ],
    });
    expect(await readFile(blob("{}\n"), "utf8")).toBe("{}\n");
  });

  it("writes nothing new for the same tree, in whatever order its files are named", async () => {
    const first = await put();
    const before = (await stat(blob("{}\n"))).ino;
    const second = await store.putSnapshot({ projectId: "prj_a", commit: "c0ffee", folder, files: files.toReversed() });
    expect(second).toEqual(first);
    expect((await stat(blob("{}\n"))).ino).toBe(before);
    expect(await blobs()).toHaveLength(2);
  });

  it("refuses links and special files, also in the folders on the way", async () => {
    await rm(join(folder, "server/run.sh"));
    await symlink("/etc/passwd", join(folder, "server/run.sh"));
    await expect(put()).rejects.toThrow("server/run.sh is not a plain file");
    await rm(join(folder, "server"), { recursive: true });
    await symlink("/etc", join(folder, "server"));
    await expect(put()).rejects.toThrow("server is not a plain file");
    await rm(join(folder, "server"));
    await mkdir(join(folder, "server"));
    await promisify(execFile)("mkfifo", [join(folder, "server/run.sh")]);
    await expect(put()).rejects.toThrow("server/run.sh is not a plain file");
  });

  it.each(["../x", "/etc/passwd", "a/../../x", "", "a//b", "./a"])("refuses the path %j", async (path) => {
    await expect(store.putSnapshot({ projectId: "p", commit: "c", folder, files: [path] })).rejects.toMatchObject({
      code: "usage",
    });
    const extra = { [path]: "x" };
    await expect(store.putSnapshot({ projectId: "p", commit: "c", folder, files: [], extra })).rejects.toMatchObject({
      code: "usage",
    });
  });

  it("refuses an addition that would hide a file of the project", async () => {
    await expect(put("prj_a", { "package.json": "" })).rejects.toMatchObject({ code: "usage" });
  });
});

describe("readSnapshot", () => {
  it("notices a blob that was changed or is missing, and a changed manifest", async () => {
    const { url } = await put();
    await writeFile(blob("{}\n"), "[]\n");
    await expect(store.readSnapshot(url)).rejects.toThrow("package.json was changed in the store");
    await rm(blob("{}\n"));
    await expect(store.readSnapshot(url)).rejects.toThrow("package.json is missing");
    await writeFile(fileURLToPath(url), "{}");
    await expect(store.readSnapshot(url)).rejects.toMatchObject({ code: "failure" });
  });

  it("reads only manifests of its own", async () => {
    await expect(store.readSnapshot("file:///etc/passwd")).rejects.toMatchObject({ code: "usage" });
    const { url } = await put();
    await expect(store.readSnapshot(url.replace(/[0-9a-f]{64}/, "0".repeat(64)))).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("archiveSnapshot", () => {
  it("keeps the snapshot readable under its old URL and its new one, in less room", async () => {
    const long = "line\n".repeat(10_000);
    const { url } = await put("prj_a", { "long.txt": long });
    const before = await store.readSnapshot(url);
    const away = await store.archiveSnapshot(url);
    expect(away.freedBytes).toBeGreaterThan(40_000);
    expect(await store.readSnapshot(url)).toEqual(before);
    expect(await store.readSnapshot(away.url)).toEqual(before);
    expect((await stat(archived(long))).size).toBeLessThan(1000);
    await expect(stat(blob(long))).rejects.toThrow();
    expect(await store.archiveSnapshot(url)).toEqual({ url: away.url, freedBytes: 0 });
    expect(await store.listSnapshots()).toEqual([
      expect.objectContaining({ projectId: "prj_a", archived: true, url: away.url }),
    ]);
  });

  it("leaves blobs alone that a snapshot in use has too, and a snapshot that is taken again is in use again", async () => {
    const { url } = await put("prj_a", { "verification.json": "old" });
    const kept = await put("prj_b", { "verification.json": "new" });
    await store.archiveSnapshot(url);
    expect(await readFile(blob("{}\n"), "utf8")).toBe("{}\n");
    await expect(stat(blob("old"))).rejects.toThrow();
    await put("prj_a", { "verification.json": "old" });
    const found = await store.listSnapshots();
    expect(found.map(({ projectId, archived }) => `${projectId} ${archived}`).toSorted()).toEqual([
      "prj_a false",
      "prj_b false",
    ]);
    for (const ref of [url, kept.url]) expect((await store.readSnapshot(ref)).files).toHaveLength(3);
  });

  it("is found by deleting, and a damaged blob is still noticed", async () => {
    const { url } = await put("prj_a", { "verification.json": "old" });
    await store.archiveSnapshot(url);
    await writeFile(archived("old"), gzipSync("other"));
    await expect(store.readSnapshot(url)).rejects.toMatchObject({
      code: "failure",
      message: expect.stringContaining("changed"),
    });
    await store.deleteSnapshots("prj_a");
    expect(await blobs()).toEqual([]);
    expect(await store.listSnapshots()).toEqual([]);
    await expect(store.archiveSnapshot(url)).rejects.toMatchObject({ code: "not_found" });
  });

  it("loses nothing when snapshots of the same files are taken and removed at the same time", async () => {
    for (let round = 0; round < 10; round++) {
      const { url } = await put("prj_a", { round: String(round) });
      await put("prj_c", { round: String(round) });
      const [, taken] = await Promise.all([
        store.archiveSnapshot(url),
        put("prj_b", { round: String(round) }),
        store.deleteSnapshots("prj_c"),
      ]);
      for (const ref of [url, taken.url]) expect((await store.readSnapshot(ref)).files).toHaveLength(3);
      await store.deleteSnapshots("prj_b");
      expect((await store.readSnapshot(url)).files).toHaveLength(3);
    }
  });

  it("tells what killed processes left half-written, and not what is being written", async () => {
    await put();
    await writeFile(`${blob("{}\n")}.${process.pid}-0123456789ab.tmp`, "half");
    const path = `${blob("{}\n")}.999999999-0123456789ab.tmp`;
    await writeFile(path, "half");
    const [left, ...more] = await store.leftovers();
    expect(left).toMatchObject({ name: path, bytes: 4 });
    expect(more).toEqual([]);
    await left!.remove();
    expect(await store.leftovers()).toEqual([]);
  });
});

describe("deleteSnapshots", () => {
  it("removes what only this project used, and can be repeated", async () => {
    await put("prj_a", { "verification.json": "a" });
    const kept = await put("prj_b", { "verification.json": "b" });
    await store.deleteSnapshots("prj_a");
    await store.deleteSnapshots("prj_a");
    expect(await blobs()).toHaveLength(3);
    await store.readSnapshot(kept.url);
    await store.deleteSnapshots("prj_b");
    expect(await blobs()).toEqual([]);
    await expect(store.readSnapshot(kept.url)).rejects.toMatchObject({ code: "not_found" });
  });

  it("loses nothing of a snapshot that is taken at the same time", async () => {
    for (let round = 0; round < 15; round++) {
      await put("prj_a", { round: String(round) });
      const [, taken] = await Promise.all([store.deleteSnapshots("prj_a"), put("prj_b", { round: String(round) })]);
      expect((await store.readSnapshot(taken.url)).files).toHaveLength(3);
      await store.deleteSnapshots("prj_b");
    }
  });

  it("puts a blob back that came into use while it was being removed", async () => {
    const store = createBlobs(join(root, "blobs"));
    const sha256 = await store.put(Buffer.from("late"));
    let asked = 0;
    await store.collect(async () => new Set(asked++ === 0 ? [] : [sha256]));
    expect(String(await store.get(sha256))).toBe("late");
  });

  it("finishes what a killed process began", async () => {
    const store = createBlobs(join(root, "blobs"));
    const [used, unused] = [await store.put(Buffer.from("used")), await store.put(Buffer.from("unused"))];
    for (const sha256 of [used, unused]) {
      const path = join(root, "blobs", sha256.slice(0, 2), sha256);
      await writeFile(`${path}.0123456789ab.aside`, await readFile(path));
      await rm(path);
    }
    await writeFile(join(root, "blobs", used.slice(0, 2), `${used}.999999999-0123456789ab.tmp`), "half");
    await store.collect(async () => new Set([used]));
    expect(String(await store.get(used))).toBe("used");
    expect((await readdir(join(root, "blobs"), { recursive: true })).filter((name) => name.includes("."))).toEqual([]);
  });
});
