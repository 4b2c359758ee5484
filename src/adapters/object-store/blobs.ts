// Files stored under their own SHA-256: `<root>/ab/<sha256>`. Writing is atomic; removing needs no lock (see `collect`).
import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { leftoversIn, type Leftover } from "../leftover.ts";
import { isAlive } from "../../processes/is-alive.ts";
import { errorCode } from "../../processes/error-code.ts";

/** A blob, and one that is archived. */
const NAME = /^([0-9a-f]{64})(\.gz)?$/;
const ASIDE = /^([0-9a-f]{64})(\.gz)?\.[0-9a-f]{12}\.aside$/;
/** A file that is being written; its group is the process that does. */
export const TEMPORARY = /\.(\d+)-[0-9a-f]{12}\.tmp$/;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

export interface Blobs {
  /** Stores the content unless it is there, and returns its address. */
  put(content: Buffer): Promise<string>;
  has(sha256: string): Promise<boolean>;
  get(sha256: string): Promise<Buffer | null>;
  /** Compresses a blob in its place; returns how many bytes that has freed. One that is gone or compressed is fine. */
  archive(sha256: string): Promise<number>;
  leftovers(): Promise<Leftover[]>;
  /** Removes every blob for which `used()`, asked anew, does not list its address, and what killed processes left half-written. */
  collect(used: () => Promise<ReadonlySet<string>>): Promise<void>;
}

export function createBlobs(root: string): Blobs {
  function pathOf(sha256: string): string {
    return join(root, sha256.slice(0, 2), sha256);
  }

  async function has(sha256: string): Promise<boolean> {
    return (await orNull(stat(pathOf(sha256)))) !== null || (await orNull(stat(archived(sha256)))) !== null;
  }

  function archived(sha256: string): string {
    return `${pathOf(sha256)}.gz`;
  }

  return {
    has,

    async put(content) {
      const sha256 = sha256Of(content);
      if (!(await has(sha256))) await writeAtomically(pathOf(sha256), content);
      return sha256;
    },

    async get(sha256) {
      const plain = await orNull(readFile(pathOf(sha256)));
      if (plain) return plain;
      const packed = await orNull(readFile(archived(sha256)));
      return packed && unpack(packed);
    },

    // The compressed form is whole before the plain one goes, so there is always one to read.
    async archive(sha256) {
      const plain = await orNull(readFile(pathOf(sha256)));
      if (!plain) return 0;
      const packed = await pack(plain, { level: 9 });
      await writeAtomically(archived(sha256), packed);
      await rm(pathOf(sha256), { force: true });
      return plain.length - packed.length;
    },

    async leftovers() {
      const found: Leftover[] = [];
      for (const folder of await namesIn(root)) found.push(...(await leftoversIn(join(root, folder), TEMPORARY)));
      return found;
    },

    // A blob is moved aside before the manifests are read a second time. So a snapshot taken meanwhile has either
    // written its manifest already, and the blob is put back; or it will look for its blobs after that, miss this one,
    // and store it again (putSnapshot checks its blobs once its manifest is visible).
    async collect(used) {
      const before = await used();
      const aside: { path: string; sha256: string; name: string }[] = [];
      for (const folder of await namesIn(root)) {
        for (const name of await namesIn(join(root, folder))) {
          const path = join(root, folder, name);
          const writer = TEMPORARY.exec(name)?.[1];
          if (writer !== undefined && !isAlive(Number(writer))) await rm(path, { force: true });
          const [, left, leftKind = ""] = ASIDE.exec(name) ?? [];
          if (left) aside.push({ path, sha256: left, name: `${left}${leftKind}` }); // by a process that was killed
          const sha256 = NAME.exec(name)?.[1];
          if (!sha256 || before.has(sha256)) continue;
          const away = `${path}.${randomBytes(6).toString("hex")}.aside`;
          if (await renamed(path, away)) aside.push({ path: away, sha256, name });
        }
      }
      if (aside.length === 0) return;
      const after = await used();
      for (const { path, sha256, name } of aside) {
        if (after.has(sha256)) await renamed(path, join(dirname(pathOf(sha256)), name));
        else await rm(path, { force: true });
      }
    },
  };
}

export function sha256Of(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Written beside its place, made durable, and renamed: a file that exists is whole. */
export async function writeAtomically(path: string, content: Buffer | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  const parent = await open(dirname(path), "r"); // the new name is durable only with its folder
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

export async function namesIn(folder: string): Promise<string[]> {
  return (await orNull(readdir(folder))) ?? [];
}

/** null when there is no such file. */
export async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return null;
    throw error;
  }
}

async function renamed(from: string, to: string): Promise<boolean> {
  return (await orNull(rename(from, to).then(() => true))) ?? false;
}
