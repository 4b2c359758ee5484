import * as Args from "@oclif/core/args";
import type { KeyPlace } from "../../secrets/secret-store.ts";
import { TbCommand } from "../../tb-command.ts";
import { prose } from "../../ui/layout.ts";

/** The data of `tb secrets move`. */
export interface MovedKey {
  /** `unchanged`: it was there already. */
  outcome: "moved" | "unchanged";
  /** Where the key is now. */
  place: KeyPlace;
}

export default class SecretsMove extends TbCommand<MovedKey> {
  static override summary =
    "Bring the key that database passwords are made from into the session's keyring, or into a file.";
  static override description = `The key is in one of the two, never in both, and tb knows in which. In a file (readable by you alone) it can be used from everywhere: over SSH, by cron, in a container. In the keyring it is not in copies of tb's folder, and can be used only where the keyring is unlocked. It is taken out of the one place when the other has given it back.`;
  static override examples = [
    "<%= config.bin %> secrets move keyring",
    "<%= config.bin %> secrets move file",
    "<%= config.bin %> secrets move file --json",
  ];

  static override args = {
    place: Args.custom<KeyPlace>({ options: ["file", "keyring"] })({ description: "Where to.", required: true }),
  };

  async run(): Promise<MovedKey> {
    const { args } = await this.parse(SecretsMove);
    const { createSecretStore } = await import("../../secrets/secret-store.ts");
    const moved = await createSecretStore(this.tbConfig).moveKey(args.place);
    return { outcome: moved ? "moved" : "unchanged", place: args.place };
  }

  protected format({ outcome, place }: MovedKey): string {
    const where = place === "file" ? "a file that only you can read" : "the keyring of your session";
    return prose(outcome === "moved" ? `The key is now in ${where}.` : `The key is in ${where} already.`);
  }
}
