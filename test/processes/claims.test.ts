import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimOwner, makeClaim } from "../../src/processes/claims.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-claims-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test("a claim is the first one's, and says whose it is", async () => {
  const claim = join(folder, "claim");
  expect(claimOwner(claim)).toBeNull();
  expect(makeClaim(claim, "first")).toBe(true);
  expect(makeClaim(claim, "second")).toBe(false);
  expect(claimOwner(claim)).toBe("first");
  await rm(claim);
  expect(makeClaim(claim, "second")).toBe(true);
});

test("a claim that cannot be made is no claim, and the reason is told", () => {
  expect(() => makeClaim(join(folder, "missing", "claim"), "first")).toThrow("ENOENT");
  expect(claimOwner(join(folder, "missing", "claim"))).toBeNull();
});
