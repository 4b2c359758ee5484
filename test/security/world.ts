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

/** A script (sh) that says to the server at $DB_HOST who it is, and prints what it hears. */
export function askForSession(user: string, database: string): string {
  const program = `
    const { connect } = require("node:net");
    const texts = ["user", ${JSON.stringify(user)}, "database", ${JSON.stringify(database)}, ""].map((text) => text + "\\0").join("");
    const packet = Buffer.alloc(8); packet.writeInt32BE(texts.length + 8, 0); packet.writeInt32BE(196608, 4);
    const socket = connect(process.argv[1] + "/.s.PGSQL.5432");
    socket.on("error", (error) => { console.log(error.code); process.exit(); });
    socket.on("data", (data) => { console.log(data.toString("latin1").replaceAll("\\0", " ")); process.exit(); });
    socket.write(Buffer.concat([packet, Buffer.from(texts)]));`;
  return `node -e '${program}' "$DB_HOST"`;
}
