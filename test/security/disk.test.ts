// What a sandbox may take of the disk, in each tier: a model must not be able to fill it.
import { linkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDiskWatch, type DiskLimits, type DiskTrouble } from "../../src/adapters/sandbox/disk-watch.ts";
import { createLocalSandboxProvider } from "../../src/adapters/sandbox/local-sandbox.ts";
import type { Sandbox, SandboxProvider } from "../../src/adapters/sandbox/sandbox.ts";
import { readConfig } from "../../src/config.ts";
import { removeHome } from "../helpers/postgres.ts";
import { TIERS } from "../helpers/tiers.ts";

const MIB = 1024 * 1024;
const LIMITS: DiskLimits = {
  bytes: 40 * MIB,
  files: 2000,
  unnoticedBytes: 8 * MIB,
  unnoticedFiles: 500,
  every: 20,
  longest: 600_000,
};

describe.each(TIERS)("in tier %s", (tier, select, works) => {
  let home: string;
  let provider: SandboxProvider;
  let sandbox: Sandbox;

  beforeEach(async (context) => {
    context.skip(!works, `tier ${tier} does not work here`);
    home = await mkdtemp(join(tmpdir(), "tb-disk-"));
    provider = createLocalSandboxProvider({ ...readConfig(), home }, select, LIMITS);
    sandbox = await provider.create("sbx_1");
  });
  afterEach(async () => {
    if (!works) return;
    await provider.destroy("sbx_1");
    await removeHome(home);
  });

  test("a command that writes without end is stopped, told why, and nothing runs before there is room again", async () => {
    const result = await sandbox.exec([
      "sh",
      "-c",
      "for i in $(seq 1000); do dd if=/dev/zero of=fill$i bs=1M count=10; done",
    ]);
    expect(result).toMatchObject({ exitCode: null, timedOut: false });
    expect(result.output).toContain("Stopped by tb: The sandbox holds more than 40 MiB or 2,000 files.");
    await expect(sandbox.exec(["true"])).rejects.toMatchObject({ code: "failure" });
    const again = await provider.attach("sbx_1"); // opening it again is no way around it
    await expect(again.exec(["true"])).rejects.toMatchObject({ suggestion: expect.stringContaining("Delete files") });
    for (const file of await again.listFiles()) await again.deleteFile(file);
    expect((await again.exec(["true"])).exitCode).toBe(0);
  });

  test("many small commands together are noticed, too", async () => {
    let refused = 0;
    for (let i = 0; i < 100 && refused === 0; i++) {
      const writing = sandbox.exec(["dd", "if=/dev/zero", `of=part${i}`, "bs=1M", "count=6"]);
      const { exitCode } = await writing.catch(() => ({ exitCode: null }));
      if (exitCode !== 0) refused = i;
    }
    expect(refused).toBeGreaterThan(5);
    // Somebody else may free as much of the disk meanwhile, so not at once.
    expect(refused).toBeLessThan(100);
  });

  test("very many empty files are noticed, too", async () => {
    const result = await sandbox.exec(["node", "-e", "for (let i = 0; ; i++) fs.writeFileSync('f' + i, '')"]);
    expect(result.exitCode).toBeNull();
    expect(result.output).toContain("Stopped by tb");
    expect((await sandbox.listFiles()).length).toBeGreaterThan(2000);
  });

  test("what lies where tb cannot look counts as too much", async () => {
    const dig = 'mkdir "x" x 200 and chdir "x" x 200 or die $! for 1..30;';
    const hide = 'open F, ">", "hidden"; print F "x" x 1048576 for 1..20; close F; sleep 100';
    const result = await sandbox.exec(["perl", "-e", `${dig} ${hide}`]);
    expect(result.output).toBe(`\nStopped by tb: The sandbox holds more than 40 MiB or 2,000 files.\n`);
    expect(await sandbox.listFiles()).toEqual([]);
    expect(await provider.list()).toHaveLength(1);
    await provider.destroy("sbx_1");
    expect(await provider.list()).toEqual([]);
  });

  test("an ordinary command is let alone", async () => {
    const result = await sandbox.exec(["dd", "if=/dev/zero", "of=file", "bs=1M", "count=20"]);
    expect(result.exitCode).toBe(0);
    expect((await sandbox.exec(["true"])).exitCode).toBe(0);
  });
});

test("what comes while somebody else frees as much is noticed after a while", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tb-masked-"));
  const watch = createDiskWatch([folder], { ...LIMITS, unnoticedBytes: Infinity, longest: 100 });
  for (let i = 0; i < 6; i++) writeFileSync(join(folder, `part${i}`), Buffer.alloc(8 * MIB));
  const trouble = await new Promise<DiskTrouble>((stopped) => watch.start(stopped));
  expect(trouble).toEqual({ text: expect.stringContaining("holds more than 40 MiB"), whose: "sandbox" });
  await rm(folder, { recursive: true });
});

test("a file with many names counts once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tb-links-"));
  const watch = createDiskWatch([folder], { ...LIMITS, longest: -1 }); // always measured
  writeFileSync(join(folder, "one"), Buffer.alloc(10 * MIB));
  for (let i = 0; i < 10; i++) linkSync(join(folder, "one"), join(folder, `name${i}`));
  watch.requireRoom();
  for (let i = 0; i < 5; i++) writeFileSync(join(folder, `other${i}`), Buffer.alloc(8 * MIB));
  expect(() => watch.requireRoom()).toThrow("holds more than 40 MiB");
  await rm(folder, { recursive: true });
});

test("a disk is nearly full when less is free than may come unnoticed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tb-room-"));
  const { bavail, bsize } = await statfs(folder);
  const about = (share: number) => createDiskWatch([folder], { ...LIMITS, unnoticedBytes: bavail * bsize * share });
  expect(about(0.5).isNearlyFull()).toBe(false);
  expect(about(2).isNearlyFull()).toBe(true);
  await rm(folder, { recursive: true });
});
