// Disks that run full while a create works (test/helpers/faults/disk-process.ts does it, where it can mount some).
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Trial } from "../../test/helpers/faults/trial.ts";
import { newSeed, type Kind } from "./kind.ts";

const PROGRAM = fileURLToPath(new URL("../../test/helpers/faults/disk-process.ts", import.meta.url));

export const fullDisks: Kind = {
  name: "disk",
  title: "disk full, then room again",
  seeds: (kills, random) => Array.from({ length: Math.ceil(kills / 10) }, () => newSeed(random)),
  async tryAll(cache, seeds, tell) {
    const folder = await mkdtemp(join(tmpdir(), "tb-fault-disk-"));
    try {
      const args = ["--mount", "--propagation", "private", process.execPath, PROGRAM, folder, cache];
      const own = promisify(execFile)("unshare", [...args, ...seeds.map(String)], { maxBuffer: 64_000_000 });
      const { stdout } = await own;
      for (const line of stdout.trim().split("\n")) {
        const { seed, trial } = JSON.parse(line) as { seed: number; trial: Trial };
        tell(seed, trial);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
