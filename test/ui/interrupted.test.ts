import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";

const BIN = new URL("../../bin/run.js", import.meta.url).pathname;

/** `tb create -` that waits for its request, interrupted as soon as it listens to the signal. */
async function interrupted(signal: "SIGINT" | "SIGTERM" | "SIGHUP", flag: string) {
  const child = spawn(process.execPath, [BIN, "create", "-", flag], { stdio: ["pipe", "pipe", "pipe"] });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  while (!catches(child.pid!, signal)) await sleep(10);
  child.kill(signal);
  await once(child, "close");
  return { code: child.exitCode, stdout: await stdout, stderr: await stderr };
}

function catches(pid: number, signal: "SIGINT" | "SIGTERM" | "SIGHUP"): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]!;
  return (BigInt(`0x${caught}`) & (1n << BigInt({ SIGHUP: 0, SIGINT: 1, SIGTERM: 14 }[signal]))) !== 0n;
}

// Only Linux tells when a process is ready for the signal.
const onLinux = test.runIf(process.platform === "linux");

onLinux("a command that is interrupted before its run exists still prints its one object", async () => {
  const { code, stdout, stderr } = await interrupted("SIGTERM", "--json");
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: "interrupted" }, metadata: { run_id: null } });
  expect(stderr).toBe("");
});

onLinux("a stream of events that is interrupted before its run exists still closes once", async () => {
  const { code, stdout, stderr } = await interrupted("SIGHUP", "--events");
  expect(code).toBe(130);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ type: "run.failed", runId: null, error: { code: "interrupted" } });
  expect(stderr).toMatch(/✖ Interrupted\..*exit 130/);
});
