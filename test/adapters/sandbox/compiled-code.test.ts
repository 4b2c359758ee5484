// What Node has compiled of a package is there for the next sandbox, which can use it and not change it.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Sandbox } from "../../../src/adapters/sandbox/sandbox.ts";
import { describeIsolated, hostileWorld, type HostileWorld } from "../../security/world.ts";
import { startRegistry, writeManifests, type TestRegistry } from "./registry.ts";

let world: HostileWorld;
let registry: TestRegistry;

beforeEach(async () => {
  world = await hostileWorld();
  registry = await startRegistry(world.config.home);
  Object.assign(world.config.passthrough, { npm_config_registry: registry.origin });
});

afterEach(async () => {
  registry.close();
  await world.remove();
});

const GREET = ["node", "node_modules/greeter/greet.js"] as const;
const WARM_UP = [GREET];

async function filled(id: string, warmUp: (typeof GREET)[] = []): Promise<Sandbox> {
  const sandbox = await world.provider.create(id);
  await writeManifests(sandbox, registry.manifests());
  await sandbox.installDependencies({ warmUp });
  return sandbox;
}

/** What Node says of reading the package's compiled code. */
async function reading(sandbox: Sandbox): Promise<string> {
  const { stderr, stdout } = await sandbox.exec(GREET, { env: { NODE_DEBUG_NATIVE: "COMPILE_CACHE" } });
  expect(stdout).toContain("hello");
  return stderr.split("\n").find((line) => /reading cache .*greet\.js/.test(line)) ?? "not looked for";
}

describeIsolated("code that Node has compiled", () => {
  test("of packages that were just prepared is used in every sandbox that is given them, whatever its user", async () => {
    await filled("sbx_first", WARM_UP);
    const other = await filled("sbx_other");
    expect(await reading(other)).toMatch(/success/);
  });

  test("is not kept of a tree that was not warmed up, nor of what ran there later", async () => {
    const first = await filled("sbx_first");
    await first.exec(GREET);
    expect(await reading(await filled("sbx_other"))).toBe("not looked for");
  });

  test("cannot be changed from inside a sandbox, nor added to", async () => {
    const first = await filled("sbx_first", WARM_UP);
    const folder = join(await first.workTree(), "..", "compiled");
    const [kind] = await readdir(folder);
    const [file] = await readdir(join(folder, kind!));
    for (const script of [
      `echo x >> ${folder}/${kind}/${file}`,
      `echo x > ${folder}/${kind}/new`,
      `rm ${folder}/${kind}/${file}`,
      `mv ${folder}/${kind} ${folder}/away`,
      `chmod 777 ${folder}/${kind}`,
    ]) {
      const { exitCode, stderr } = await first.exec(["sh", "-c", script]);
      expect({ script, failed: exitCode !== 0, why: /Read-only|ermitted|denied/.test(stderr) }).toEqual({
        script,
        failed: true,
        why: true,
      });
    }
  });
});
