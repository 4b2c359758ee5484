import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";

const BIN = new URL("../../bin/run.cjs", import.meta.url).pathname;

/** `tb create -` that waits for its request, its terminal closed as soon as it listens to that. */
async function interrupted(flag: string) {
  const child = spawn(process.execPath, [BIN, "create", "-", flag], { stdio: ["pipe", "pipe", "pipe"] });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  while (!catchesHangUp(child.pid!)) await sleep(10);
  child.kill("SIGHUP");
  await once(child, "close");
  return { code: child.exitCode, stdout: await stdout, stderr: await stderr };
}

/** SIGHUP because Node itself catches the others from its first moment on. */
function catchesHangUp(pid: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]!;
  return (BigInt(`0x${caught}`) & 1n) !== 0n;
}

// Only Linux tells when a process is ready for the signal.
const onLinux = test.runIf(process.platform === "linux");

onLinux("a command that is interrupted before its run exists still prints its one object", async () => {
  const { code, stdout, stderr } = await interrupted("--json");
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: "interrupted" }, metadata: { run_id: null } });
  expect(stderr).toBe("");
});

onLinux("a stream of events that is interrupted before its run exists still closes once", async () => {
  const { code, stdout, stderr } = await interrupted("--events");
  expect(code).toBe(130);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ type: "run.failed", runId: null, error: { code: "interrupted" } });
  expect(stderr).toMatch(/✖ Interrupted\..*exit 130/);
});
