// npm for a command of a sandbox: programs called npm and npx that go through the registry gate, in a folder that the command
// cannot change.
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "../../../config.ts";
import { errorCode } from "../../../processes/error-code.ts";
import { copyTree } from "../../../processes/copy-tree.ts";
import { removeTree } from "../../../processes/remove-tree.ts";
import { adoptFolders } from "../adopt-tree.ts";
import { everyoneMayRun } from "../bubblewrap/reachable-node.ts";
import { findNpm } from "../npm-ci.ts";
import type { SandboxPlace } from "../process-tier.ts";
import type { RegistryConnection } from "../sandbox.ts";
import { nodeFolder } from "../sandbox-place.ts";
import { BRIDGE, wrapper } from "./bridge.ts";
import { openRegistryGate } from "./registry-gate.ts";
import { registryUrl } from "./registry-url.ts";

export interface RegistryDoor {
  /** Goes before all others on the search path. */
  readonly bin: string;
  /** What the command has to be able to read besides. */
  readonly reads: readonly string[];
  connections(): RegistryConnection[];
  close(): Promise<void>;
}

/** @param folder new, few characters long, in the place's folder for gates.
 * @returns null where no npm can be used inside: none is installed, or only a stand-in for it. */
export async function openRegistryDoor(
  config: Config,
  place: SandboxPlace,
  folder: string,
): Promise<RegistryDoor | null> {
  const npm = await npmInside(config, place.owner !== null);
  if (!npm) return null;
  mkdirSync(folder, { mode: 0o755 });
  chmodSync(folder, 0o755);
  const socketPath = join(folder, "npm.sock");
  const gate = await openRegistryGate({
    socketPath,
    registry: () => registryUrl(config.passthrough),
    inner: config.privateRegistry,
    // What was linked from the prepared packages is root's: npm must be able to put others in their place.
    onFirst: () => place.owner && adoptFolders(join(place.work, "node_modules"), place.owner),
  });
  chmodSync(socketPath, 0o600);
  if (place.owner) lchownSync(socketPath, place.owner.uid, place.owner.gid);
  writePrograms(folder, npm.program, config.passthrough.NODE_EXTRA_CA_CERTS);
  return {
    bin: folder,
    reads: npm.reads,
    connections: () => gate.connections(),
    async close() {
      await gate.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writePrograms(folder: string, npmProgram: string, certificates: string | undefined): void {
  const bridge = join(folder, "bridge.cjs");
  write(bridge, BRIDGE, 0o644);
  const given = certificates !== undefined && existsSync(certificates) ? join(folder, "certificates.pem") : null;
  if (given !== null) {
    copyFileSync(certificates!, given);
    chmodSync(given, 0o644);
  }
  for (const name of ["npm", "npx"]) {
    const program = join(dirname(npmProgram), `${name}-cli.js`);
    write(join(folder, name), wrapper({ node: process.execPath, bridge, program, certificates: given }), 0o755);
  }
}

function write(path: string, text: string, mode: number): void {
  writeFileSync(path, text);
  chmodSync(path, mode); // whatever the umask says
}

/** npm's own program, and what of it is not in /usr. */
async function npmInside(config: Config, forOther: boolean): Promise<{ program: string; reads: string[] } | null> {
  const [, found] = findNpm(config.passthrough) ?? [];
  if (found === undefined) return null;
  const program = realpathSync(found);
  const folder = dirname(dirname(program));
  if (program.startsWith("/usr/")) return { program, reads: [] };
  if (!forOther || everyoneMayRun(program)) return { program, reads: [folder] };
  const copy = join(await nodeFolder(config), `npm-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`);
  await copyOnce(folder, copy);
  return { program: join(copy, "bin", "npm-cli.js"), reads: [copy] };
}

/** For a user who cannot enter the folder it is in. */
async function copyOnce(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  const temporary = `${to}.new-${process.pid}`;
  await copyTree(from, temporary);
  try {
    await rename(temporary, to);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(errorCode(error) ?? "")) throw error; // someone else was faster
    await removeTree(temporary);
  }
}
