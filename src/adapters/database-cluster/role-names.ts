// Names in the projects cluster, all made from ids, so that two owners may use one project name.
import { createHash } from "node:crypto";
import type { DatabaseRole } from "./database-cluster.ts";

/** Every database and role of ours begins like this; nothing else is ever altered or dropped. */
export const PREFIX = "turbobackend_";

/** Postgres cuts longer names off, and cut names collide (bytes). */
const LONGEST_NAME = 63;

/** `turbobackend_prj_4k2m9x0a1b_app`; longer names are shortened with a hash of the whole. */
export function roleName(projectId: string, role: DatabaseRole): string {
  const name = `${PREFIX}${projectId}_${role}`;
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name;
  const hash = createHash("sha256").update(projectId).digest("hex").slice(0, 16);
  const kept = LONGEST_NAME - PREFIX.length - hash.length - role.length - 2;
  return `${PREFIX}${shorten(projectId, kept)}_${hash}_${role}`;
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
