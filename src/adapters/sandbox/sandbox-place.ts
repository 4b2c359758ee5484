// Where sandboxes lie and to whom they belong. As root every sandbox has a user id of its own, so that not even a process that
// broke out could touch another one; such a user cannot enter a home below /root, so they lie in /var/lib then.
import { createHash } from "node:crypto";
import { chmodSync, existsSync, lchownSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import type { ProcessUser } from "../../processes/launch.ts";
import { removeLargeTree } from "../../processes/remove-tree.ts";
import { chosenSocketFolder, removeSocketFolder, socketFolder } from "../../processes/socket-folder.ts";
import { createSecretStore } from "../../secrets/secret-store.ts";
import { SHARED_BASE, sharedBase } from "../shared-base.ts";
import type { SandboxPlace } from "./process-tier.ts";
import type { Isolation } from "./sandbox.ts";

/** User ids that no account has and no container or service is given. */
export const FIRST_UID = 1_900_000_000;
const UIDS = 200_000_000;

export interface Place extends SandboxPlace {
  readonly id: string;
  readonly root: string;
  readonly compiled: string;
  /** Of all sandboxes there. */
  readonly spares: string;
  /** One note per running process group. */
  readonly groups: string;
  /** Paths that sockets may have to be elsewhere for (socket-folder.ts). */
  readonly run: string;
  readonly db: string;
}

/** Makes nothing. Throws TbError "usage" for what is not an id. */
export async function placeOf(config: Pick<Config, "home">, id: string, isolation: Isolation): Promise<Place> {
  requireSandboxId(id);
  if (!needsUser(isolation)) return place(join(config.home, "sandboxes"), id, null);
  const installation = await createSecretStore(config).installationId();
  return place(join(sharedBase(installation), "sandboxes"), id, ownerOf(installation, id));
}

/** The user, and group, of one place of this installation; always the same. */
export function ownerOf(installation: string, name: string): ProcessUser {
  const uid = FIRST_UID + (createHash("sha256").update(`${installation}/${name}`).digest().readUInt32BE() % UIDS);
  return { uid, gid: uid };
}

/** Throws TbError "usage" for what is not an id. */
export function requireSandboxId(id: string): void {
  if (!/^[a-z0-9][a-z0-9._-]{0,99}$/i.test(id)) throw new TbError("usage", `"${id}" is not a sandbox id.`);
}

/** Every folder in which sandboxes of this home may lie, also those of another tier. */
export async function sandboxFolders(config: Pick<Config, "home">): Promise<string[]> {
  const folders = [join(config.home, "sandboxes")];
  if (process.getuid?.() === 0 && existsSync(join(config.home, "secrets", "installation.id"))) {
    folders.push(join(sharedBase(await createSecretStore(config).installationId()), "sandboxes"));
  }
  return folders;
}

/** Where packages are kept for the sandboxes of such a folder (spare-packages.ts). */
export function sparesBeside(sandboxes: string): string {
  return join(dirname(sandboxes), "spare-packages");
}

/** The place of a sandbox in one of those folders. */
export function place(parent: string, id: string, owner: ProcessUser | null): Place {
  const root = join(parent, id);
  const [run, db] = [join(root, "run"), join(root, "db")];
  return {
    use: "build",
    id,
    root,
    run,
    db,
    owner,
    mark: root,
    groups: join(root, "groups"),
    work: join(root, "work"),
    home: join(root, "home"),
    tmp: join(root, "tmp"),
    compiled: join(root, "compiled"),
    spares: sparesBeside(parent),
    sockets: [chosenSocketFolder(run)],
    gates: [chosenSocketFolder(db)],
    bins: [],
    reads: [],
  };
}

/** Makes its folders, or completes them. */
export function makePlace({ root, work, home, tmp, run, db, groups, owner }: Place): void {
  const above = [SHARED_BASE, dirname(dirname(root)), dirname(root), root];
  if (owner) for (const folder of above) makeFolder(folder, 0o755); // not secret, and to be passed by their users
  for (const folder of [root, groups, work, home, tmp]) makeFolder(folder, 0o700);
  const own = [work, home, tmp, socketFolder(run, owner?.uid), socketFolder(db, owner?.uid)];
  if (owner) for (const folder of own) lchownSync(folder, owner.uid, owner.gid);
}

/** Removes it, whatever is in it. */
export async function removePlace({ root, run, db }: Place): Promise<void> {
  await removeLargeTree(root);
  for (const folder of [run, db]) removeSocketFolder(folder);
}

/** Folder for tb's copy of Node; every user can enter it. */
export async function nodeFolder(config: Pick<Config, "home">): Promise<string> {
  const base = sharedBase(await createSecretStore(config).installationId());
  for (const folder of [SHARED_BASE, base]) makeFolder(folder, 0o755);
  return join(base, "node");
}

function needsUser(isolation: Isolation): boolean {
  return isolation !== "process" && process.getuid?.() === 0;
}

/** With that mode whatever the umask says; one that is there is left alone. */
export function makeFolder(folder: string, mode: number): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true, mode });
  chmodSync(folder, mode);
}
