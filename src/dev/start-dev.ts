// `tb dev`: everything that is needed to serve a working copy is found or made, then it is served.
import { relative } from "node:path";
import type { Adapters } from "../adapters/index.ts";
import type { Config } from "../config.ts";
import type { Control } from "../control/control.ts";
import { findDatabase } from "../control/project-databases.ts";
import type { ProjectRow } from "../control/projects.ts";
import { requireFinished } from "../pipeline/finished-project.ts";
import { sparingly } from "../ui/sparingly.ts";
import { interruption } from "../processes/interruption.ts";
import { chooseFolder } from "./choose-folder.ts";
import { openDevDatabase, type DevDatabase } from "./database.ts";
import { ensureDependencies } from "./dependencies.ts";
import { claimProject, rememberFolder } from "./dev-record.ts";
import type { DevItem } from "./dev-item.ts";
import { serve } from "./serve.ts";

export interface DevInput {
  project: ProjectRow;
  /** The folder that the user says. */
  dir: string | null;
  port: number | null;
  /** Make the development database anew. */
  fresh: boolean;
  cwd: string;
  signal: AbortSignal;
  /** Says on the way what takes a while. */
  say: (text: string) => void;
  /** Called once it is served. */
  onReady: (url: string) => void;
}

export interface DevEnd {
  url: string;
  folder: string;
  database: string | null;
}

/** Serves until the signal aborts. Throws TbError "conflict" for a project that is not finished, one that is served already,
 * and a folder or port that is taken. */
export async function startDev(
  config: Config,
  control: Control,
  adapters: Adapters,
  input: DevInput,
  tell: (item: DevItem) => Promise<void>,
): Promise<DevEnd> {
  const { project: row, signal, say } = input;
  const project = { id: row.project_id, name: row.name };
  const repository = await requireFinished(control, row, "work on");
  const chosen = await chooseFolder(config, { project, url: repository.url, given: input.dir, cwd: input.cwd });
  const { folder } = chosen;
  const claim = claimProject(config.home, project, folder);
  try {
    if (!chosen.found) {
      await (await adapters.gitHost()).clone({ repository, folder });
      say(`Cloned into ${nearPath(input.cwd, folder)}; push your commits as you are used to.`);
    }
    rememberFolder(config.home, project.id, folder);
    stopIfAborted(signal);
    await prepare(config, folder, input);
    const database = (await findDatabase(control, project.id))
      ? await openDatabase(control, adapters, project, input)
      : null;
    stopIfAborted(signal);
    function onReady(url: string): void {
      claim.announce(url);
      input.onReady(url);
    }
    const url = await serve(config, { project, folder, database, port: input.port, signal, onReady }, tell);
    return { url, folder, database: database?.of.name ?? null };
  } finally {
    claim.release();
  }
}

async function prepare(config: Config, folder: string, { signal, say }: DevInput): Promise<void> {
  const outcome = await ensureDependencies(config, folder, { signal, onProgress: sparingly(say) });
  if (outcome === "installed") say("Packages of package-lock.json put into node_modules.");
  if (outcome === "differ") say("⚠ node_modules is not what package-lock.json says; npm ci makes it so.");
}

async function openDatabase(
  control: Control,
  adapters: Adapters,
  project: DevInputProject,
  { fresh, say }: DevInput,
): Promise<{ cluster: Awaited<ReturnType<Adapters["databaseCluster"]>>; of: DevDatabase }> {
  const cluster = await adapters.databaseCluster();
  const of = await openDevDatabase(control, cluster, project, fresh);
  if (fresh) say("The development database was made anew.");
  return { cluster, of };
}

type DevInputProject = { id: string; name: string };

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw interruption(signal);
}

/** As one would type it. */
function nearPath(cwd: string, folder: string): string {
  const near = relative(cwd, folder);
  return near === "" ? "." : near.startsWith("..") ? folder : `./${near}`;
}
