// Where a project's application runs: the folders that it sees, and who it is. As root that is a user of its own, who cannot
// enter a home below /root, so releases and sockets lie in /var/lib then, and `releases` in the deployment's folder is a link.
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../../config.ts";
import { errorCode } from "../../processes/error-code.ts";
import type { ProcessUser } from "../../processes/launch.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { chosenSocketFolder, removeSocketFolder, socketFolder } from "../../processes/socket-folder.ts";
import { createSecretStore } from "../../secrets/secret-store.ts";
import type { SandboxPlace } from "../sandbox/process-tier.ts";
import { makeFolder, ownerOf } from "../sandbox/sandbox-place.ts";
import { SHARED_BASE, sharedBase } from "../shared-base.ts";
import { safeName, type DeploymentFolder } from "./deployment-folder.ts";

export interface AppPlace {
  /** The folder above releases, sockets and database gates. */
  readonly base: string;
  /** Who the application is, where it is isolated; null = whoever runs tb. */
  readonly owner: ProcessUser | null;
}

/** Makes what the application has to reach, or completes it. */
export async function makeAppPlace(config: Pick<Config, "home">, folder: DeploymentFolder): Promise<AppPlace> {
  if (process.getuid?.() !== 0) {
    makeFolder(folder.releases, 0o700);
    return { base: folder.root, owner: null };
  }
  const installation = await createSecretStore(config).installationId();
  const owner = ownerOf(installation, `deployed/${folder.projectId}`);
  const all = join(sharedBase(installation), "deployments");
  const base = join(all, safeName(folder.projectId));
  for (const path of [SHARED_BASE, dirname(all), all]) makeFolder(path, 0o755);
  for (const path of [base, join(base, "releases")]) {
    makeFolder(path, 0o750);
    chownSync(path, 0, owner.gid);
  }
  linkTo(join(base, "releases"), folder.releases);
  return { base, owner };
}

function linkTo(target: string, path: string): void {
  if (existsSync(path)) return;
  try {
    symlinkSync(target, path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error; // someone else was faster
  }
}

/** Only root may change a release then, and only its application may read it. */
export function lockRelease(path: string, owner: ProcessUser): void {
  const stats = lstatSync(path);
  lchownSync(path, 0, owner.gid);
  if (stats.isSymbolicLink()) return;
  chmodSync(path, stats.isDirectory() || (stats.mode & 0o100) !== 0 ? 0o750 : 0o640);
  if (stats.isDirectory()) for (const name of readdirSync(path)) lockRelease(join(path, name), owner);
}

/** Removes sockets that a supervisor which was killed has left; there is one supervisor at a time. */
export function clearSockets({ base }: AppPlace): void {
  for (const name of ["run", "db"]) {
    const folder = chosenSocketFolder(join(base, name));
    for (const entry of existsSync(folder) ? readdirSync(folder) : []) {
      rmSync(join(folder, entry), { recursive: true, force: true });
    }
  }
}

/** A place for one application, with a folder of its own for its socket.
 * @param name few characters, that no other application of the project has. */
export function placeApp(
  { base, owner }: AppPlace,
  folder: DeploymentFolder,
  release: string,
  name: string,
  isolated: boolean,
): SandboxPlace {
  const user = isolated ? owner : null;
  const [run, db] = ["run", "db"].map((part) => socketFolder(join(base, part), user?.uid));
  const sockets = join(run!, name);
  mkdirSync(sockets, { mode: 0o700 });
  if (user) for (const path of [run!, db!, sockets]) lchownSync(path, user.uid, user.gid);
  return {
    use: "serve",
    work: release,
    // Isolated, its files are memory: they are limited so, and gone when it ends.
    home: isolated ? "/tmp" : folder.home,
    tmp: isolated ? "/tmp" : folder.tmp,
    compiled: null,
    sockets: [sockets],
    gates: [db!],
    bins: [],
    reads: [],
    mark: folder.mark,
    owner: user,
  };
}

/** Removes everything of a deployment that lies outside of its folder. */
export async function removeAppPlace(config: Pick<Config, "home">, folder: DeploymentFolder): Promise<void> {
  const shared = await sharedDeployments(config);
  const base = shared === null ? folder.root : join(shared, safeName(folder.projectId));
  for (const name of ["run", "db"]) removeSocketFolder(join(base, name));
  if (base !== folder.root) await removeTree(base);
}

/** Where as root the releases of this home lie; null where they lie in the home, or there are none yet. */
export async function sharedDeployments(config: Pick<Config, "home">): Promise<string | null> {
  if (process.getuid?.() !== 0 || !existsSync(join(config.home, "secrets", "installation.id"))) return null;
  return join(sharedBase(await createSecretStore(config).installationId()), "deployments");
}
