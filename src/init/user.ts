// Who owns what is made on this machine.
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import { gitAddress, systemUser } from "../owner.ts";
import { SETTINGS } from "../settings.ts";

export interface ChosenUser {
  name: string;
  /** Where it is from: tb's settings, git's user.email, or the system. */
  source: "setting" | "git" | "system";
}

export interface UserInput {
  /** What the user says; null when nothing. */
  user: string | null;
  /** Asks the person at the terminal; null when nobody is there. */
  askUser: (() => Promise<string>) | null;
}

/** Throws TbError "usage" for a name that cannot be one. */
export function checkUser(user: string): void {
  const problem = SETTINGS.find(({ key }) => key === "user")!.problem(user);
  if (problem) throw new TbError("usage", `--user ${problem}.`, { suggestion: "tb init --user ada@example.com" });
}

/** Writes the setting when it was said or asked for. Throws TbError "usage" for an answer that cannot be a name. */
export async function chooseUser(config: Config, input: UserInput): Promise<ChosenUser & { done: boolean }> {
  if (input.user !== null) return keep(config, input.user);
  if (config.user !== null) return { name: config.user, source: "setting", done: false };
  const address = await gitAddress();
  if (address !== null) return { name: address, source: "git", done: false };
  if (input.askUser) return keep(config, await input.askUser());
  return { name: systemUser(), source: "system", done: false };
}

async function keep(config: Config, user: string): Promise<ChosenUser & { done: boolean }> {
  const { findSetting, writeSetting } = await import("../config-file.ts");
  const before = await writeSetting(config.home, findSetting("user"), user);
  return { name: user.toLowerCase(), source: "setting", done: before !== user };
}
