// What lies in the folders of deployments, for `tb cleanup`: builds that can be brought back, and what nobody needs.
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { TbError } from "../../errors.ts";
import { entriesIn, foldersIn, folderSize, pathFacts } from "../../processes/folders.ts";
import { removeTree } from "../../processes/remove-tree.ts";
import { leftover, leftoversIn, type Leftover } from "../leftover.ts";
import { sharedDeployments } from "./app-place.ts";
import type { StoredBuild, StoredDeployments } from "./deploy-target.ts";
import { deploymentFolder, logPath, readState, releasePath, type DeploymentFolder } from "./deployment-folder.ts";

/** Milliseconds that the log of a build that is gone is kept. */
const LOG_KEPT_FOR = 30 * 24 * 60 * 60_000;

export async function listStored(home: string): Promise<StoredDeployments[]> {
  const found: StoredDeployments[] = [];
  for (const folder of await projectFolders(home)) {
    found.push({
      projectId: folder.projectId,
      bytes:
        (await folderSize(folder.root)) + ((await isLink(folder.releases)) ? await folderSize(folder.releases) : 0),
      builds: await buildsOf(folder),
    });
  }
  return found;
}

async function buildsOf(folder: DeploymentFolder): Promise<StoredBuild[]> {
  const order = recorded(folder);
  const builds: StoredBuild[] = [];
  for (const deploymentId of await foldersIn(folder.releases)) {
    if (deploymentId.startsWith(".")) continue;
    const facts = await pathFacts(releasePath(folder, deploymentId));
    const place = order.indexOf(deploymentId);
    if (facts) builds.push({ deploymentId, ...facts, place: place === -1 ? null : place });
  }
  return builds;
}

export async function removeStored(folder: DeploymentFolder, deploymentId: string): Promise<void> {
  if (recorded(folder)[0] === deploymentId) {
    throw new TbError("conflict", `Deployment ${deploymentId} serves, so its build stays.`, { parks: false });
  }
  await removeTree(releasePath(folder, deploymentId));
  for (const log of [logPath(folder, deploymentId), `${logPath(folder, deploymentId)}.1`])
    await rm(log, { force: true });
}

export async function leftoverDeployments(home: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const folder of await projectFolders(home)) {
    found.push(...(await leftoversIn(folder.root, /^\.state-[0-9a-f]{12}$/)));
    found.push(...(await leftoversIn(folder.releases, /^\.new-[0-9a-f]{12}$/)));
    found.push(...(await oldLogs(folder)));
  }
  return [...found, ...(await withoutFolder(home))];
}

/** What lies outside of the home of deployments whose folder is gone. */
async function withoutFolder(home: string): Promise<Leftover[]> {
  const shared = await sharedDeployments({ home });
  if (shared === null) return [];
  const known = new Set((await projectFolders(home)).map(({ projectId }) => projectId));
  return (await leftoversIn(shared, /^prj_[0-9a-z]+$/)).filter(({ name }) => !known.has(basename(name)));
}

async function isLink(path: string): Promise<boolean> {
  return (await entriesIn(dirname(path))).some((entry) => entry.name === basename(path) && entry.isSymbolicLink());
}

/** Logs of deployments whose build is gone. */
async function oldLogs(folder: DeploymentFolder): Promise<Leftover[]> {
  const kept = new Set([...recorded(folder), ...(await foldersIn(folder.releases))]);
  const found: Leftover[] = [];
  for (const { name } of await entriesIn(folder.logs)) {
    const [, deploymentId] = /^(dep_[0-9a-z]+)\.log(\.\d+)?$/.exec(name) ?? [];
    if (!deploymentId || kept.has(deploymentId)) continue;
    const path = join(folder.logs, name);
    const facts = await pathFacts(path);
    if (facts && Date.now() - facts.changedAt.getTime() > LOG_KEPT_FOR) found.push(leftover(path, facts));
  }
  return found;
}

async function projectFolders(home: string): Promise<DeploymentFolder[]> {
  const names = (await foldersIn(join(home, "deployments"))).filter((name) => !name.startsWith("."));
  return names.map((name) => deploymentFolder(home, name));
}

/** Newest first; none when the state is missing or damaged. */
function recorded(folder: DeploymentFolder): string[] {
  try {
    return readState(folder)?.releases ?? [];
  } catch (error) {
    if (error instanceof TbError) return [];
    throw error;
  }
}
