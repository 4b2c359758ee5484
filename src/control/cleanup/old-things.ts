// What is whole and in order, and only old: temporary files, earlier builds, dependencies, snapshots and backups.
import type { Leftover } from "../../adapters/leftover.ts";
import type { StoredDeployments } from "../../adapters/deploy-target/deploy-target.ts";
import type { StoredSnapshot } from "../../adapters/object-store/object-store.ts";
import { backupRoot, CONTROL, leftoverBackups, listBackups, removeBackup } from "../../backup/places.ts";
import { TbError } from "../../errors.ts";
import { withFreeProject } from "../project-lock.ts";
import type { Candidate, CleanupScope, Done } from "./plan.ts";
import { DONE, IN_USE } from "./plan.ts";
import { knownProjects, moveSnapshot, oldSnapshots, unfinishedWithHoldings } from "./queries.ts";

/** Milliseconds that a build which never served is left alone: its deployment may wait for its turn. */
const DEPLOYED_WITHIN = 60 * 60_000;

export async function temporaryFiles({ adapters, home }: CleanupScope): Promise<Candidate[]> {
  const found: Leftover[] = [
    ...(await (await adapters.sandbox()).leftovers()),
    ...(await (await adapters.gitHost()).leftovers()),
    ...(await (await adapters.deployTarget()).leftovers()),
    ...(await (await adapters.objectStore()).leftovers()),
    ...(await leftoverBackups(backupRoot(home))),
  ];
  return found.map(({ name, bytes, remove }) => ({
    kind: "temporary files",
    name,
    project: null,
    action: "remove",
    reason: "left by a process that was killed",
    bytes,
    act: async () => {
      await remove();
      return DONE;
    },
  }));
}

/** Builds that can be brought back only as long as they are among the newest, and those that never served. */
export function oldBuilds({ control, adapters, keep }: CleanupScope, deployments: StoredDeployments[]): Candidate[] {
  return deployments.flatMap(({ projectId, builds }) =>
    builds
      .filter(({ place, changedAt }) =>
        place === null ? Date.now() - changedAt.getTime() > DEPLOYED_WITHIN : place > keep,
      )
      .map(({ deploymentId, bytes, place }) => ({
        kind: "build" as const,
        name: deploymentId,
        project: projectId,
        action: "remove" as const,
        reason: place === null ? "it never served" : `${keep} newer ones are kept`,
        bytes,
        act: () =>
          unlessBusy(() =>
            withFreeProject(control, { projectId, runId: "" }, async () =>
              (await adapters.deployTarget()).removeBuild(projectId, deploymentId),
            ),
          ),
      })),
  );
}

export async function unusedDependencies({ adapters, before }: CleanupScope): Promise<Candidate[]> {
  const sandbox = await adapters.sandbox();
  const stored = (await sandbox.listDependencies()).filter(({ usedAt }) => usedAt < before);
  return stored.map(({ key, bytes }) => ({
    kind: "dependencies",
    name: key.slice(0, 16),
    project: null,
    action: "remove",
    reason: "no project was given them for long; they are installed anew when needed",
    bytes,
    act: async () => ((await sandbox.forgetDependencies(key)) ? DONE : IN_USE),
  }));
}

export async function snapshotsToArchive(
  { control, adapters, keep }: CleanupScope,
  stored: StoredSnapshot[],
): Promise<Candidate[]> {
  const open = new Set(stored.filter(({ archived }) => !archived).map(({ id }) => id));
  const old = (await oldSnapshots(control, keep)).filter(({ snapshot_id }) => open.has(snapshot_id));
  return old.map(({ snapshot_id, project_id, url, bytes }) => ({
    kind: "snapshot",
    name: snapshot_id.slice(0, 16),
    project: project_id,
    action: "archive",
    reason: `${keep} newer ones are kept as they are`,
    bytes,
    act: async () => {
      const archived = await (await adapters.objectStore()).archiveSnapshot(url);
      await moveSnapshot(control, snapshot_id, archived.url);
      return { outcome: "done", bytes: archived.freedBytes };
    },
  }));
}

/** Beyond the newest of each project, and those of projects that were removed long ago. What a run that has not ended
 * restores, or has saved, stays. */
export async function oldBackups({ control, home, keep, before }: CleanupScope): Promise<Candidate[]> {
  const { backups } = await listBackups(backupRoot(home));
  const [projects, unfinished] = [await knownProjects(control), await unfinishedWithHoldings(control)];
  const needed = unfinished.map(({ input }) => JSON.stringify(input)).join("\n");
  const counted = new Map<string, number>();
  const found: Candidate[] = [];
  for (const { folder, bytes, manifest } of backups) {
    const owner = manifest.project?.id ?? CONTROL;
    const place = (counted.get(owner) ?? 0) + 1;
    counted.set(owner, place);
    const removed = projects.get(owner)?.status === "destroyed";
    const outlived = removed && new Date(manifest.created_at) < before;
    if ((place <= keep && !outlived) || needed.includes(JSON.stringify(folder))) continue;
    found.push({
      kind: "backup",
      name: manifest.id,
      project: manifest.project?.id ?? null,
      action: "remove",
      reason: outlived ? `its project ${manifest.project?.name} was removed` : `${keep} newer ones are kept`,
      bytes,
      act: async () => {
        await removeBackup(folder);
        return DONE;
      },
    });
  }
  return found;
}

async function unlessBusy(work: () => Promise<void>): Promise<Done> {
  try {
    await work();
    return DONE;
  } catch (error) {
    if (error instanceof TbError && error.code === "conflict") return IN_USE;
    throw error;
  }
}
