// What is there now is backed up before anything takes its place.
import type { BackupSummary } from "../../backup/backup-summary.ts";
import type { RestorePlan } from "../../backup/project-restore.ts";
import { TbError } from "../../errors.ts";
import type { RestoreStart } from "../restore.ts";
import type { Phase, Run } from "../types.ts";
import { backUpProject } from "./back-up.ts";

type In = RestoreStart & { restorePlan: RestorePlan };

export const safetyBackup: Phase<In, { saved: BackupSummary | null }> = {
  name: "safety-backup",
  title: "Back up what is there now",
  skip: ({ restorePlan, keepOld }) => {
    if (!restorePlan.present) return { reason: "the project has no database now", instead: { saved: null } };
    return keepOld ? { reason: "it is kept (--keep-old)", instead: { saved: null } } : undefined;
  },
  run: async (state, run) => ({ saved: await run.step("save", () => save(state, run)) }),
  summarize: ({ saved }) => (saved ? `Backed up what was there: ${saved.id}` : "Nothing to back up"),
};

async function save({ project, safety, from }: In, run: Run): Promise<BackupSummary> {
  try {
    return await backUpProject(run, project, safety);
  } catch (error) {
    if (!(error instanceof TbError && error.code === "conflict")) throw error;
    throw new TbError("conflict", `${error.message} So it cannot be backed up before it is replaced.`, {
      ...(error.details && { details: error.details }),
      suggestion: `tb db restore ${project.name} ${from.id} --confirm ${project.name} --keep-old`,
      parks: false,
      cause: error,
    });
  }
}
