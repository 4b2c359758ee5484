// Notes which process groups run in a sandbox, so that whoever opens it after a crash can kill what was left.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { signalGroup } from "../../processes/launch.ts";
import {
  identify,
  isRunning,
  ownIdentity,
  parseIdentity,
  untilGone,
  type ProcessIdentity,
} from "../../processes/process-identity.ts";
import { errorCode } from "../../processes/error-code.ts";

interface GroupRecord {
  leader: ProcessIdentity;
  owner: ProcessIdentity;
}

/** Notes a group until the returned function is called. */
export function recordGroup(folder: string, pid: number): () => void {
  const leader = identify(pid);
  if (!leader) return () => undefined; // ended already
  const file = `${folder}/${pid}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify({ leader, owner: ownIdentity() } satisfies GroupRecord), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Kills the noted groups and waits until they are gone.
 * @param whose "abandoned": only those whose owner has died; "all": also those of living owners.
 * @returns whether any group was found that should not have been there. */
export async function killRecordedGroups(folder: string, whose: "abandoned" | "all"): Promise<boolean> {
  const records = readRecords(folder).filter(({ record }) => whose === "all" || !record || !isRunning(record.owner));
  for (const { record } of records) {
    // A leader that has ended is not signalled: its number may belong to someone else by now.
    if (record && isRunning(record.leader)) signalGroup(record.leader.pid, "SIGKILL");
  }
  for (const { file, record } of records) {
    if (record) await untilGone(record.leader);
    rmSync(file, { force: true });
  }
  return records.length > 0;
}

function readRecords(folder: string): { file: string; record: GroupRecord | null }[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
  return names.map((name) => ({ file: `${folder}/${name}`, record: readRecord(`${folder}/${name}`) }));
}

/** null for a record that is gone or was cut off by a crash. */
function readRecord(file: string): GroupRecord | null {
  try {
    const stored: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof stored !== "object" || stored === null || !("leader" in stored) || !("owner" in stored)) return null;
    const [leader, owner] = [parseIdentity(stored.leader), parseIdentity(stored.owner)];
    return leader && owner ? { leader, owner } : null;
  } catch {
    return null;
  }
}
