// A small disk of its own, where this process may mount one.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const MAY_MOUNT = process.getuid?.() === 0 && process.platform === "linux";

/** @param size as mount takes it: "64k", "200m". */
export async function withSmallDisk<T>(size: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "tb-disk-"));
  await run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  try {
    return await use(folder);
  } finally {
    await run("umount", ["--lazy", folder]);
    await rm(folder, { recursive: true });
  }
}
