import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSecretStore, derivePassword } from "../../src/secrets/secret-store.ts";
import { runHelper } from "../helpers/run-process.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tb-secrets-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

test("ten processes that create the secrets at once all get the same ones, and nothing is left over", async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => runHelper("secrets-process.ts", [], { TB_HOME: join(home, "inner") })),
  );
  expect(new Set(answers.map(({ id, key }) => `${String(id)} ${String(key)}`)).size).toBe(1);
  expect((await readdir(join(home, "inner/secrets"))).toSorted()).toEqual(["installation.id", "installation.key"]);
});

test("files are for their owner only, and so is a folder that was open before", async () => {
  const store = createSecretStore({ home });
  await store.installationId();
  await chmod(join(home, "secrets"), 0o755);
  await store.installationKey();
  expect((await stat(join(home, "secrets"))).mode & 0o777).toBe(0o700);
  for (const name of ["installation.id", "installation.key"]) {
    expect((await stat(join(home, "secrets", name))).mode & 0o777, name).toBe(0o600);
  }
});

test("a place that takes no folders is refused in words, also where mkdir would try for ever", async () => {
  await writeFile(join(home, "file"), "");
  for (const place of ["/proc/turbobackend/home", join(home, "file"), join(home, "file/below")]) {
    await expect(createSecretStore({ home: place }).installationId(), place).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining(place),
    });
  }
});

test("a password depends on the key and on the purpose, and on nothing else", async () => {
  const [one, same] = [createSecretStore({ home }), createSecretStore({ home })];
  expect(await one.password("role:a")).toBe(await same.password("role:a"));
  expect(await one.password("role:a")).not.toBe(await one.password("role:b"));
  expect(await one.password("role:a")).toMatch(/^[\w-]{43}$/);
  expect(derivePassword("one key", "role:a")).not.toBe(derivePassword("another key", "role:a"));
});

test("a secret that was emptied is an error, not a new secret", async () => {
  await createSecretStore({ home }).installationKey();
  await writeFile(join(home, "secrets/installation.key"), "");
  await expect(createSecretStore({ home }).installationKey()).rejects.toMatchObject({
    code: "configuration",
    message: expect.stringContaining("is empty"),
  });
});
