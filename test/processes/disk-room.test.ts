// What fails where there is no room is not blamed on what was tried.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deploymentFolder, failedDeployment } from "../../src/adapters/deploy-target/deployment-folder.ts";
import { isDiskNearlyFull } from "../../src/processes/disk-room.ts";
import { MAY_MOUNT, withSmallDisk } from "../helpers/small-disk.ts";

test.skipIf(!MAY_MOUNT)("a disk with a few MiB left is nearly full, also for what is not there yet", async () => {
  await withSmallDisk("8m", async (folder) => {
    expect(isDiskNearlyFull(folder)).toBe(true);
    expect(isDiskNearlyFull(join(folder, "not", "there", "yet"))).toBe(true);
    const failed = failedDeployment(deploymentFolder(folder, "prj_1"), "It ended.", { suggestion: "Look." });
    expect(failed).toMatchObject({ code: "transient", parks: true, message: expect.stringContaining("nearly full") });
  });
  await withSmallDisk("200m", async (folder) => expect(isDiskNearlyFull(folder)).toBe(false));
});

test("a deployment that failed where there is room has failed", async () => {
  const home = await mkdtemp(join(tmpdir(), "tb-room-"));
  const failed = failedDeployment(deploymentFolder(home, "prj_1"), "It ended.", { suggestion: "Look." });
  expect(failed).toMatchObject({ code: "failure", message: "It ended.", suggestion: "Look." });
  await rm(home, { recursive: true });
});
