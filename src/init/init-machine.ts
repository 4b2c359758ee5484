// `tb init`: makes this machine ready, so that the first project is made quickly and without a network.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { TbError, toErrorJson } from "../errors.ts";
import { foreseenError } from "../foreseen-error.ts";
import { ensurePrivateFolder } from "../secrets/private-files.ts";
import { createSecretStore } from "../secrets/secret-store.ts";
import { startControl, startProjects } from "./clusters.ts";
import { preparePackages } from "./packages.ts";
import { checkUser, chooseUser, type ChosenUser, type UserInput } from "./user.ts";

/** The data of `tb init --json`. */
export interface InitResult {
  /** "unchanged" when everything was ready before; "incomplete" when a step has failed. */
  outcome: "initialised" | "unchanged" | "incomplete";
  /** tb's own folder. */
  home: string;
  /** Who owns what is made here; null when that could not be settled. */
  user: ChosenUser | null;
  /** What was done, in order. */
  steps: InitStep[];
}

export interface InitStep {
  /** What it is about. */
  name: "home" | "user" | "control" | "projects" | "packages";
  outcome: "done" | "unchanged" | "skipped" | "failed";
  /** What was done, or what is, in a line. */
  summary: string;
}

export interface InitInput extends UserInput {
  /** Whether to download the packages of new projects. */
  download: boolean;
  /** Says what takes a while. */
  say: (text: string) => void;
}

/** What a step comes to: whether something had to be done, and what. */
export interface Done {
  done: boolean;
  summary: string;
}

/** Does every step that can be done; `error` is that of the first one that could not. Throws TbError "usage", before
 * anything is done, for a user that cannot be one. */
export async function initMachine(
  config: Config,
  input: InitInput,
): Promise<{ result: InitResult; error: TbError | null }> {
  if (input.user !== null) checkUser(input.user);
  const steps: InitStep[] = [];
  let first: TbError | null = null;

  async function step(name: InitStep["name"], work: () => Promise<Done>): Promise<void> {
    try {
      const { done, summary } = await work();
      steps.push({ name, outcome: done ? "done" : "unchanged", summary });
    } catch (error) {
      const failure = foreseenError(error) ?? error;
      first ??= asTbError(failure);
      steps.push({ name, outcome: "failed", summary: toErrorJson(failure).message });
    }
  }

  let user: ChosenUser | null = null;
  await step("home", () => prepareHome(config));
  if (first) return { result: { outcome: "incomplete", home: config.home, user, steps }, error: first };
  await step("user", async () => {
    const { done, ...chosen } = await chooseUser(config, input);
    user = chosen;
    return { done, summary: `You are ${chosen.name} (${SOURCES[chosen.source]}).` };
  });
  await step("control", () => startControl(config, input.say));
  await step("projects", () => startProjects(config, input.say));
  if (input.download) await step("packages", () => preparePackages(config, input.say));
  else steps.push({ name: "packages", outcome: "skipped", summary: "Packages of new projects were not downloaded." });
  const changed = steps.some(({ outcome }) => outcome === "done");
  const outcome = first ? "incomplete" : changed ? "initialised" : "unchanged";
  return { result: { outcome, home: config.home, user, steps }, error: first };
}

const SOURCES: Record<ChosenUser["source"], string> = {
  setting: "the setting user",
  git: "git's user.email",
  system: "your system's user; tb config set user EMAIL changes it",
};

async function prepareHome(config: Config): Promise<Done> {
  const made = ["installation.id", "installation.key"].some((name) => !existsSync(join(config.home, "secrets", name)));
  await ensurePrivateFolder(config.home);
  const secrets = createSecretStore(config);
  await secrets.installationKey();
  const id = await secrets.installationId();
  return {
    done: made,
    summary: made ? `Made ${config.home}, installation ${id}.` : `Home is ${config.home}, installation ${id}.`,
  };
}

function asTbError(error: unknown): TbError {
  if (error instanceof TbError) return error;
  const { code, message, suggestion } = toErrorJson(error);
  return new TbError(code, message, { ...(suggestion && { suggestion }), cause: error });
}
