// Ids: a short prefix that names the kind, then ten characters that are safe in names of databases, files and hosts.
import { customAlphabet } from "nanoid";

const random = customAlphabet("0123456789abcdefghijklmnopqrstuvwxyz", 10);

export type IdPrefix = "prj" | "run" | "mod" | "req" | "dep" | "act" | "res";

/** `prj_4k2m9x0a1b`: 36^10 values, lower case and digits only. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${random()}`;
}
