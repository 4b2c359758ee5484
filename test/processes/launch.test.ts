import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyTree } from "../../src/processes/copy-tree.ts";
import { killPlace, launch } from "../../src/processes/launch.ts";
import {
  findByEnvironment,
  identify,
  isRunning,
  lowestDescendant,
  ownIdentity,
  parseIdentity,
} from "../../src/processes/process-identity.ts";
import { createTextTail } from "../../src/processes/text-tail.ts";

let folder: string;
const env = { PATH: "/usr/bin:/bin" };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-launch-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("a process is known by its pid and start time", async () => {
  const child = await launch(["sleep", "1000"], { cwd: folder, env, mark: folder });
  const identity = identify(child.pid)!;
  expect(isRunning(identity)).toBe(true);
  expect(isRunning({ ...identity, started: "another" })).toBe(false);
  expect(parseIdentity(JSON.parse(JSON.stringify(identity)))).toEqual(identity);
  await child.stop(0);
  expect(isRunning(identity)).toBe(false);
  expect(isRunning(ownIdentity())).toBe(true);
});

test("descendants are only looked for among higher pids while the numbers cannot have started anew", () => {
  expect(lowestDescendant(300, 100)).toBe(process.platform === "linux" ? 300 : expect.any(Number));
  expect(lowestDescendant(300, 60_000)).toBe(1);
  expect(lowestDescendant(2 ** 22 - 100, 100)).toBe(1); // no limit is higher than 2^22
});

test("stopping gives time to finish, but not more than the grace", async () => {
  const polite = await launch(["sh", "-c", "trap 'exit 7' TERM; sleep 1000 & wait"], {
    cwd: folder,
    env,
    mark: folder,
  });
  polite.stdout.resume();
  await started(polite.pid);
  await polite.stop(60_000);
  expect(await polite.exited).toEqual({ exitCode: 7 });
  const stubborn = await launch(["sh", "-c", "trap '' TERM; while :; do sleep 1; done"], {
    cwd: folder,
    env,
    mark: folder,
  });
  await started(stubborn.pid);
  await stubborn.stop(50);
  expect(await stubborn.exited).toEqual({ exitCode: null });
});

test.runIf(process.platform === "linux")("a place's processes are killed, and another place's are not", async () => {
  const [one, other] = await Promise.all(
    [folder, `${folder}.other`].map((mark) => launch(["sleep", "1000"], { cwd: folder, env, mark })),
  );
  expect(findByEnvironment("TB_PROCESS_OF", (value) => value.startsWith(`${folder}:`))).toContain(one!.pid);
  expect(killPlace(folder)).toBeGreaterThan(0);
  expect(await one!.exited).toEqual({ exitCode: null });
  expect(identify(other!.pid)).not.toBeNull();
  await other!.stop(0);
});

test("what cannot be started is told in the user's words", async () => {
  const options = { cwd: folder, env, mark: folder };
  await expect(launch(["true"], { ...options, cwd: join(folder, "gone") })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(launch(["echo", "a\0b"], options)).rejects.toMatchObject({ code: "usage" });
  await expect(launch(["echo", "x".repeat(4_000_000)], options)).rejects.toMatchObject({ code: "usage" });
});

test("a copied tree shares nothing with its source", async () => {
  const run = async (script: string) => (await launch(["sh", "-c", script], { cwd: folder, env, mark: folder })).exited;
  await run("mkdir -p from/a && echo text > from/a/file && chmod 755 from/a/file && ln -s file from/a/link");
  await copyTree(join(folder, "from"), join(folder, "to"));
  expect(await run("cmp from/a/file to/a/file && test -x to/a/file && test -L to/a/link")).toEqual({ exitCode: 0 });
  expect(await run("echo changed > to/a/file && grep -q text from/a/file")).toEqual({ exitCode: 0 });
  await copyTree(join(folder, "from"), join(folder, "again"));
  const controller = new AbortController();
  controller.abort();
  await expect(copyTree(join(folder, "from"), join(folder, "x"), controller.signal)).rejects.toMatchObject({
    code: "interrupted",
  });
});

test("a text's tail is cut between characters", () => {
  const tail = createTextTail(10);
  for (const piece of ["start", "ää", "ööö", "€€"]) tail.add(piece);
  expect(tail.text()).toBe("öö€€");
  expect(createTextTail(10).text()).toBe("");
});

/** The shell has become the command and set its trap. */
async function started(pid: number): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (
      findByEnvironment("TB_PROCESS_OF", (value) => value.startsWith(folder)).length > 2 ||
      process.platform !== "linux"
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(identify(pid)).not.toBeNull();
}
