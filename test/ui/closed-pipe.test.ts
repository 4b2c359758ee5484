import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { expect, test } from "vitest";

const BIN = new URL("../../bin/run.cjs", import.meta.url).pathname;

test.runIf(existsSync("/dev/full"))("a result that the disk did not take is an error, told without a stack", () => {
  const full = openSync("/dev/full", "w");
  try {
    const { status, stderr } = spawnSync(process.execPath, [BIN, "create", "notes(title)", "--plan"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    expect(stderr).toBe("✖ The output is incomplete. Cannot write: the disk is full.\n");
    expect(status).toBe(1);
  } finally {
    closeSync(full);
  }
});
