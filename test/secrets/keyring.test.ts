// The keyring with the programs that hold it: a stand-in for each platform's that checks how it is called, and the real Secret
// Service where gnome-keyring and dbus are installed.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { platformKeyring, type Keyring } from "../../src/secrets/keyring.ts";
import { createSecretStore, type SecretConfig } from "../../src/secrets/secret-store.ts";

const run = promisify(execFile);

/** Keeps entries as files in its HOME, and writes down every command line. */
const SECRET_TOOL = `#!/bin/sh
echo "$*" >> "$HOME/command-lines"
[ -f "$HOME/locked" ] && { echo "secret-tool: Cannot create an item in a locked collection" >&2; exit 1; }
case "$1 $2 $3 $4 $5" in
  "store --label=TurboBackend service turbobackend account") cat > "$HOME/entry-$6" ;;
  "lookup service turbobackend account "*) [ -f "$HOME/entry-$5" ] && cat "$HOME/entry-$5" ;;
  "clear service turbobackend account "*) rm -f "$HOME/entry-$5" ;;
  *) echo "secret-tool: usage" >&2; exit 2 ;;
esac`;

const SECURITY = `#!/bin/sh
echo "$*" >> "$HOME/command-lines"
[ -f "$HOME/locked" ] && { echo "security: User interaction is not allowed." >&2; exit 36; }
case "$1 $2 $3 $4" in
  "-i   ") read -r line; set -- $line
    [ "$1 $2 $3 $4 $5 $7" = "add-generic-password -U -s turbobackend -a -w" ] || { echo "security: usage" >&2; exit 2; }
    printf %s "$8" > "$HOME/entry-$6" ;;
  "find-generic-password -s turbobackend -a") [ -f "$HOME/entry-$5" ] || { echo "not found" >&2; exit 44; }
    cat "$HOME/entry-$5"; echo ;;
  "delete-generic-password -s turbobackend -a") [ -f "$HOME/entry-$5" ] || exit 44; rm "$HOME/entry-$5" ;;
  *) echo "security: usage" >&2; exit 2 ;;
esac`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-keyring-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The session of a user whose keyring is the stand-in. */
async function standIn(program: string, script: string): Promise<Record<string, string>> {
  const home = await mkdtemp(join(folder, "home-"));
  await mkdir(join(home, "bin"));
  await writeFile(join(home, "bin", program), script);
  await chmod(join(home, "bin", program), 0o755);
  return { PATH: `${home}/bin:/usr/bin:/bin`, HOME: home, DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };
}

function keepsWhatItIsGiven(name: string, open: () => Promise<Keyring>): void {
  test(`${name} keeps, replaces and forgets what it is given`, async () => {
    const keyring = await open();
    expect(await keyring.read("one")).toBeNull();
    await keyring.write("one", "first-Value_1");
    await keyring.write("two", "other");
    await keyring.write("one", "second-Value_2");
    expect(await keyring.read("one")).toBe("second-Value_2");
    await keyring.remove("one");
    await keyring.remove("one");
    expect([await keyring.read("one"), await keyring.read("two")]).toEqual([null, "other"]);
  });
}

describe.each([
  ["secret-tool", SECRET_TOOL, "linux"],
  ["security", SECURITY, "darwin"],
] as const)("%s", (program, script, platform) => {
  keepsWhatItIsGiven("the stand-in", async () => platformKeyring(await standIn(program, script), platform)!);

  test("is never given a secret on its command line", async () => {
    const session = await standIn(program, script);
    const keyring = platformKeyring(session, platform)!;
    await keyring.write("one", "very-secret-value");
    await keyring.read("one");
    await keyring.remove("one");
    const lines = await readFile(join(session.HOME!, "command-lines"), "utf8");
    expect(lines.split("\n")).toHaveLength(4);
    expect(lines).not.toContain("very-secret-value");
  });

  test("that is locked or not installed is an error that says so", async () => {
    const session = await standIn(program, script);
    await writeFile(join(session.HOME!, "locked"), "");
    for (const env of [session, { ...session, PATH: "/nowhere" }]) {
      const keyring = platformKeyring(env, platform)!;
      for (const work of [() => keyring.read("x"), () => keyring.write("x", "y"), () => keyring.remove("x")]) {
        await expect(work()).rejects.toMatchObject({
          code: "configuration",
          message: expect.stringContaining("keyring"),
        });
      }
    }
  });
});

test("without a session there is no keyring on Linux", () => {
  expect(platformKeyring({ PATH: "/usr/bin" }, "linux")).toBeNull();
});

const installed = await run("sh", [
  "-c",
  "command -v gnome-keyring-daemon && command -v secret-tool && command -v dbus-run-session",
]).then(
  () => true,
  () => false,
);

describe.skipIf(!installed)("the Secret Service (gnome-keyring)", () => {
  let session: ChildProcess;
  let env: Record<string, string>;

  beforeAll(async () => {
    const home = await mkdtemp(join(folder, "gnome-"));
    const script = `printf x | gnome-keyring-daemon --unlock --components=secrets >/dev/null; echo "$DBUS_SESSION_BUS_ADDRESS"; cat`;
    const own = { PATH: process.env.PATH!, HOME: home, XDG_RUNTIME_DIR: home };
    session = spawn("dbus-run-session", ["--", "sh", "-c", script], { env: own, stdio: ["pipe", "pipe", "ignore"] });
    const { value } = await createInterface(session.stdout!)[Symbol.asyncIterator]().next();
    env = { ...own, DBUS_SESSION_BUS_ADDRESS: value as string };
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => session.once("exit", resolve));
    session.stdin!.end(); // the session ends with it, and the keyring with the session
    await ended;
  });

  keepsWhatItIsGiven("it", async () => platformKeyring(env, "linux")!);
});

async function place(
  preferred = true,
): Promise<{ config: SecretConfig; file: string; session: Record<string, string> }> {
  const home = await mkdtemp(join(folder, "tb-"));
  // Which platform's program is asked depends on where the test runs; there is a stand-in for both.
  const session = await standIn("secret-tool", SECRET_TOOL);
  await writeFile(join(session.HOME!, "bin", "security"), SECURITY, { mode: 0o755 });
  return { config: { home, keyring: { session, preferred } }, file: join(home, "secrets/installation.key"), session };
}

describe("a secret store with a keyring", () => {
  test("puts a new key there, and its file only says so", async () => {
    const { config, file } = await place();
    const key = await createSecretStore(config).installationKey();
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(await readFile(file, "utf8")).toMatch(/^keyring:[0-9a-f]{16}\n$/);
    const again = createSecretStore(config);
    expect([await again.installationKey(), await again.keyPlace()]).toEqual([key, "keyring"]);
  });

  test("gives everyone the same key, also while it is made and moved", async () => {
    const { config } = await place();
    const keys = await Promise.all(Array.from({ length: 8 }, () => createSecretStore(config).installationKey()));
    expect(new Set(keys).size).toBe(1);
    expect(await createSecretStore(config).installationKey()).toBe(keys[0]);
  });

  test("keeps a new key in its file where the keyring is locked, missing, or the home has a name of its own", async () => {
    const [locked, missing, named] = [await place(), await place(), await place(false)];
    await writeFile(join(locked.session.HOME!, "locked"), "");
    missing.session["PATH"] = "/nowhere";
    for (const { config, file } of [locked, missing, named]) {
      const store = createSecretStore(config);
      const key = await store.installationKey();
      expect(await readFile(file, "utf8")).toBe(`${key}\n`);
      expect(await store.keyPlace()).toBe("file");
    }
  });

  test("never makes a second key when the keyring cannot be asked, or has lost the first", async () => {
    const { config, session, file } = await place();
    await createSecretStore(config).installationKey();
    const pointer = await readFile(file, "utf8");
    await writeFile(join(session.HOME!, "locked"), "");
    await expect(createSecretStore(config).password("role:x")).rejects.toMatchObject({ code: "configuration" });
    await expect(createSecretStore({ home: config.home }).installationKey()).rejects.toThrow("no keyring");
    await rm(join(session.HOME!, "locked"));
    await rm(join(session.HOME!, `entry-${pointer.trim().slice("keyring:".length)}`));
    await expect(createSecretStore(config).installationKey()).rejects.toThrow("does not hold the key");
    expect(await readFile(file, "utf8")).toBe(pointer);
  });

  test("moves the key when it is told to, both ways, and it stays the same", async () => {
    const { config, session, file } = await place(false);
    const store = createSecretStore(config);
    const key = await store.installationKey();
    expect([await store.moveKey("file"), await store.moveKey("keyring"), await store.moveKey("keyring")]).toEqual([
      false,
      true,
      false,
    ]);
    expect(await readFile(file, "utf8")).not.toContain(key);
    expect(await createSecretStore(config).moveKey("file")).toBe(true);
    expect(await readFile(file, "utf8")).toBe(`${key}\n`);
    expect(await platformKeyring(session)!.read(await store.installationId())).toBeNull();
  });

  test("leaves the key in its file when the keyring does not give it back", async () => {
    const { config, session, file } = await place(false);
    const store = createSecretStore(config);
    const key = await store.installationKey();
    const forgetful = "#!/bin/sh\ncat >/dev/null\n";
    for (const program of ["secret-tool", "security"]) await writeFile(join(session.HOME!, "bin", program), forgetful);
    await expect(store.moveKey("keyring")).rejects.toThrow("does not give back");
    expect(await readFile(file, "utf8")).toBe(`${key}\n`);
  });
});
