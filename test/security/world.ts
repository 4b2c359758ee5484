// A sandbox in the bubblewrap tier for hostile code to try itself at. Where bubblewrap does not work the suite is skipped, by name.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, type SuiteFactory } from "vitest";
import { createLocalSandboxProvider } from "../../src/adapters/sandbox/local-sandbox.ts";
import type { ExecResult, Sandbox, SandboxProvider } from "../../src/adapters/sandbox/sandbox.ts";
import { readConfig, type Config } from "../../src/config.ts";
import { removeHome } from "../helpers/postgres.ts";
import { bubblewrapWorks } from "../helpers/tiers.ts";

export interface HostileWorld {
  config: Config;
  provider: SandboxProvider;
  sandbox: Sandbox;
  /** The sandbox's folder on this machine. */
  root: string;
  sh: (script: string, options?: Parameters<Sandbox["exec"]>[1]) => Promise<ExecResult>;
  node: (script: string, options?: Parameters<Sandbox["exec"]>[1]) => Promise<ExecResult>;
  remove: () => Promise<void>;
}

const works = await bubblewrapWorks();

/** A suite that needs bubblewrap. */
export function describeIsolated(name: string, suite: SuiteFactory): void {
  describe.skipIf(!works)(`${name} (bubblewrap)`, suite);
}

export async function hostileWorld(): Promise<HostileWorld> {
  const config = { ...readConfig(), home: await mkdtemp(join(tmpdir(), "tb-security-")) };
  const provider = createLocalSandboxProvider(config);
  const sandbox = await provider.create("sbx_hostile");
  return {
    config,
    provider,
    sandbox,
    root: dirname(await sandbox.workTree()),
    sh: (script, options) => sandbox.exec(["sh", "-c", script], options),
    node: (script, options) => sandbox.exec(["node", "--input-type=module", "-e", script], options),
    async remove() {
      for (const { id } of await provider.list()) await provider.destroy(id);
      await removeHome(config.home);
    },
  };
}
