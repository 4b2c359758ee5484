// This installation's own secrets: 0600 files in `<home>/secrets`. Passwords of roles are derived from one key, never stored.
import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { createOnce, ensurePrivateFolder, readIfPresent } from "./private-files.ts";

export interface SecretStore {
  /** Names this installation towards the outside (labels, folder names); 16 lower-case letters and digits, no secret. */
  installationId(): Promise<string>;
  /** The key that passwords are derived from, made when first asked for: 32 random bytes, base64url. */
  installationKey(): Promise<string>;
  /** Password for a purpose such as "role:turbobackend_prj_x_app": the same for everyone who holds the key. */
  password(purpose: string): Promise<string>;
}

/** Safe when several processes create the secrets at once. */
export function createSecretStore(config: Pick<Config, "home">): SecretStore {
  const folder = join(config.home, "secrets");
  const known = new Map<string, string>();

  async function secret(name: string, make: () => string): Promise<string> {
    const path = join(folder, name);
    let value = known.get(name) ?? (await readIfPresent(path));
    if (value === null) {
      await ensurePrivateFolder(folder);
      value = await createOnce(path, make);
    }
    known.set(name, value);
    return value;
  }

  function installationKey(): Promise<string> {
    return secret("installation.key", () => randomBytes(32).toString("base64url"));
  }

  return {
    installationId: () => secret("installation.id", () => randomBytes(8).toString("hex")),
    installationKey,
    password: async (purpose) => derivePassword(await installationKey(), purpose),
  };
}

/** HMAC-SHA256 of the purpose, base64url: 43 characters that need no quoting anywhere. */
export function derivePassword(key: string, purpose: string): string {
  return createHmac("sha256", key).update(purpose).digest("base64url");
}
