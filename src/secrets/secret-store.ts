// This installation's own secrets, in `<home>/secrets`. Passwords of roles are derived from one key, never stored. The key is
// in its 0600 file, or the file says that the keyring of the user's session holds it: there is one place to look, so two
// stores cannot disagree.
import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import type { Keyring } from "./keyring.ts";
import { createOnce, ensurePrivateFolder, readIfPresent, replaceFile } from "./private-files.ts";
import { rememberSecret } from "./redactor.ts";

export type KeyPlace = "file" | "keyring";

export interface SecretStore {
  /** Names this installation towards the outside (labels, folder names); 16 lower-case letters and digits, no secret. */
  installationId(): Promise<string>;
  /** The key that passwords are derived from, made when first asked for: 32 random bytes, base64url. */
  installationKey(): Promise<string>;
  /** Password for a purpose such as "role:turbobackend_prj_x_app": the same for everyone who holds the key. */
  password(purpose: string): Promise<string>;
  /** Where the key is; null before it is made. */
  keyPlace(): Promise<KeyPlace | null>;
  /** Brings the key there; it stays where it was until the other place has given it back. False when it is there already. */
  moveKey(to: KeyPlace): Promise<boolean>;
}

/** What the store needs of the configuration; without `keyring`, keys stay in files. */
export type SecretConfig = Pick<Config, "home"> & Partial<Pick<Config, "keyring">>;

/** In the key's file when the keyring holds it; no key looks like this. */
const IN_KEYRING = "keyring:";

/** Safe when several processes create the secrets at once. */
export function createSecretStore(config: SecretConfig): SecretStore {
  const folder = join(config.home, "secrets");
  const keyFile = join(folder, "installation.key");
  const known = new Map<string, string>();

  async function inFile(name: string, make: () => string): Promise<string> {
    const path = join(folder, name);
    const value = known.get(name) ?? (await readIfPresent(path));
    if (value !== null) return value;
    await ensurePrivateFolder(folder);
    return createOnce(path, make);
  }

  async function installationId(): Promise<string> {
    const id = await inFile("installation.id", () => randomBytes(8).toString("hex"));
    known.set("installation.id", id);
    return id;
  }

  async function installationKey(): Promise<string> {
    const before = known.get("key");
    if (before !== undefined) return before;
    const fresh = (await readIfPresent(keyFile)) === null;
    const written = await inFile("installation.key", () => randomBytes(32).toString("base64url"));
    const key = written.startsWith(IN_KEYRING) ? await fromKeyring(written) : written;
    rememberSecret(key);
    known.set("key", key);
    if (fresh && config.keyring?.preferred) await preferKeyring();
    return key;
  }

  /** A new key, on a machine with a keyring that works; otherwise it stays in its file, as `tb doctor` says. */
  async function preferKeyring(): Promise<void> {
    try {
      await moveKey("keyring");
    } catch (error) {
      if (!(error instanceof TbError)) throw error;
    }
  }

  async function fromKeyring(pointer: string): Promise<string> {
    const key = await (await requireKeyring()).read(pointer.slice(IN_KEYRING.length));
    if (key !== null) return key;
    throw new TbError("configuration", `The keyring does not hold the key of ${config.home}, which says it does.`, {
      suggestion:
        "Restore the keyring's entry (service turbobackend). Without the key no project's database can be opened.",
    });
  }

  async function requireKeyring(): Promise<Keyring> {
    const { platformKeyring } = await import("./keyring.ts");
    const keyring = config.keyring ? platformKeyring(config.keyring.session) : null;
    if (keyring) return keyring;
    throw new TbError("configuration", "There is no keyring in this session.", {
      suggestion:
        "Run tb in the desktop session whose keyring holds the key; tb secrets move file brings it into a file there.",
    });
  }

  async function keyPlace(): Promise<KeyPlace | null> {
    const written = await readIfPresent(keyFile);
    if (written === null) return null;
    return written.startsWith(IN_KEYRING) ? "keyring" : "file";
  }

  async function moveKey(to: KeyPlace): Promise<boolean> {
    const key = await installationKey();
    if ((await keyPlace()) === to) return false;
    const [keyring, account] = [await requireKeyring(), await installationId()];
    if (to === "file") {
      await replaceFile(keyFile, key);
      await keyring.remove(account);
      return true;
    }
    await keyring.write(account, key);
    if ((await keyring.read(account)) !== key) {
      throw new TbError(
        "configuration",
        "The keyring does not give back what it was given, so the key stays in its file.",
      );
    }
    await replaceFile(keyFile, `${IN_KEYRING}${account}`);
    if ((await keyring.read(account)) === key) return true;
    await replaceFile(keyFile, key); // another tb has taken it out meanwhile
    throw new TbError("conflict", "Another command has moved the key at the same moment; it is in its file.");
  }

  return {
    installationId,
    installationKey,
    keyPlace,
    moveKey,
    async password(purpose) {
      const password = derivePassword(await installationKey(), purpose);
      rememberSecret(password);
      return password;
    },
  };
}

/** HMAC-SHA256 of the purpose, base64url: 43 characters that need no quoting anywhere. */
export function derivePassword(key: string, purpose: string): string {
  return createHmac("sha256", key).update(purpose).digest("base64url");
}
