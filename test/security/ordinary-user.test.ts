// The same sandbox for an ordinary user, who cannot give it a user of its own: what must hold all the same.
import { execFile } from "node:child_process";
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { describeIsolated } from "./world.ts";

const USER = { uid: 65534, gid: 65534 };
const asRoot = process.getuid?.() === 0;

describeIsolated("an ordinary user", () => {
  test.runIf(asRoot)(
    "has a sandbox that keeps the user's own files away, ends what it starts and is removed whole",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "tb-user-"));
      const source = new URL("../../src/", import.meta.url).href;
      await writeFile(join(folder, "secret"), "of the user\n");
      await writeFile(
        join(folder, "script.ts"),
        `import { createLocalSandboxProvider } from "${source}adapters/sandbox/local-sandbox.ts";
       import { readConfig } from "${source}config.ts";
       const provider = createLocalSandboxProvider({ ...readConfig(), home: "${folder}/home" });
       const sandbox = await provider.create("sbx_1");
       await sandbox.writeFile("given.txt", "given");
       const sh = async (script) => (await sandbox.exec(["sh", "-c", script])).exitCode;
       const result = {
         isolation: sandbox.isolation,
         writes: await sh("cat given.txt && echo x > given.txt && echo y > made.txt && node --version"),
         readsSecret: await sh("cat ${folder}/secret"),
         changesNotes: await sh("touch ../groups/1 || touch ../db/x"),
         usesNetwork: await sh("perl -MIO::Socket -e 'IO::Socket::INET->new(q(1.1.1.1:80)) or exit 1'"),
         leaves: await sh("sleep 987654 & true"),
       };
       await provider.destroy("sbx_1");
       console.log(JSON.stringify({ ...result, left: await provider.list() }));`,
      );
      await chmod(folder, 0o755); // this test's own files; the user's home is made by tb, for the user alone
      for (const path of [folder, join(folder, "secret"), join(folder, "script.ts")])
        await chown(path, USER.uid, USER.gid);
      await chmod(join(folder, "secret"), 0o600);
      const env = { PATH: process.env.PATH, HOME: folder };
      const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "script.ts")], { ...USER, env });
      expect(JSON.parse(stdout)).toEqual({
        isolation: "bubblewrap",
        writes: 0,
        readsSecret: 1,
        changesNotes: 1,
        usesNetwork: 1,
        leaves: 0,
        left: [],
      });
      expect(await readFile(join(folder, "secret"), "utf8")).toBe("of the user\n");
      await rm(folder, { recursive: true, force: true });
    },
  );
});
