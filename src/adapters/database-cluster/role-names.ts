// Names in the projects cluster, all made from ids, so that two owners may use one project name.
import { createHash } from "node:crypto";
import type { DatabaseRole } from "./database-cluster.ts";

/** Every database and role of ours begins like this; nothing else is ever altered or dropped. */
export const PREFIX = "turbobackend_";

/** Postgres cuts longer names off, and cut names collide (bytes). */
const LONGEST_NAME = 63;

/** In whose hands a database is: those of the deployed application, or of what is being made, tried and developed. The two
 * sides have roles of their own, so that hostile code on a copy reaches no session, statement or password of the other. */
export type Side = "live" | "work";

/** Databases of the project beside its own one (`…_work`, `…_dev`) are to work on; but not those that a restore puts in its
 * place (`…_next_…`) and takes away from there (`…_was_…`). */
export function sideOf(projectId: string, database: string): Side {
  const beside = `${PREFIX}${projectId}_`;
  return database.startsWith(beside) && !/^(next|was)_/.test(database.slice(beside.length)) ? "work" : "live";
}

/** `turbobackend_prj_4k2m9x0a1b_app`, `turbobackend_prj_4k2m9x0a1b_work_app`; longer names are shortened with a hash of the
 * whole. */
export function roleName(projectId: string, role: DatabaseRole, side: Side): string {
  const ending = side === "live" ? role : `${side}_${role}`;
  const name = `${PREFIX}${projectId}_${ending}`;
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name;
  const hash = createHash("sha256").update(projectId).digest("hex").slice(0, 16);
  const kept = LONGEST_NAME - PREFIX.length - hash.length - ending.length - 2;
  return `${PREFIX}${shorten(projectId, kept)}_${hash}_${ending}`;
}

/** At most `bytes` of UTF-8, never half a character. */
function shorten(text: string, bytes: number): string {
  let short = "";
  for (const character of text) {
    if (Buffer.byteLength(short + character) > bytes) break;
    short += character;
  }
  return short;
}
