// This installation's secrets: whether they are private, complete, and where they are.
import { constants } from "node:fs";
import { access, lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { isInstalled } from "../control/installed.ts";
import { entriesIn } from "../processes/folders.ts";
import { createSecretStore } from "../secrets/secret-store.ts";
import type { Found } from "./diagnosis.ts";

export async function checkSecrets(config: Config): Promise<Found> {
  const folder = join(config.home, "secrets");
  if (!(await isInstalled(config))) return "none yet; they are made when they are needed";
  const open: string[] = [];
  for (const path of [folder, ...(await entriesIn(folder)).map(({ name }) => join(folder, name))]) {
    const { mode } = await lstat(path);
    if ((mode & 0o077) !== 0) open.push(path);
    await access(path, constants.R_OK);
  }
  if (open.length > 0) {
    return {
      status: "problem",
      message: "Others can read tb's secrets.",
      details: open,
      fix: `chmod 700 ${folder} && chmod 600 ${folder}/*`,
    };
  }
  const store = createSecretStore(config);
  const place = await store.keyPlace();
  if (place === "file") return "private, and complete; the key is in a file (mode 0600)";
  if (place === "keyring") {
    await store.installationKey(); // throws what is wrong with the keyring
    return "private, and complete; the key is in the session's keyring";
  }
  return {
    status: "warning",
    message: "The key that passwords are made from is not there (any more).",
    fix: "Projects that have a database need the old one: restore secrets/installation.key from a copy.",
  };
}
