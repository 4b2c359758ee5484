// oclif's help with the exit codes: all of them for tb and its topics, its own ones for a command.
import type { Command } from "@oclif/core/command";
import { CommandHelp, Help } from "@oclif/core/help";
import type { Topic } from "@oclif/core/interfaces";
import { EXIT_CODES, EXIT_MEANINGS, type ErrorCode } from "../errors.ts";

type Outcome = ErrorCode | "done";

/** What any command may end with. */
const ORDINARY: readonly Outcome[] = ["done", "failure", "usage", "configuration", "transient", "interrupted"];

class CommandHelpWithExitCodes extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp["sections"]> {
    const { args, exitCodes = [] } = this.command as Command.Loadable & { exitCodes?: readonly ErrorCode[] };
    const own: Outcome[] = "project" in args || "run" in args ? ["not_found", ...exitCodes] : [...exitCodes];
    return [...super.sections(), { header: "EXIT CODES", generate: () => table([...ORDINARY, ...own]) }];
  }
}

export default class TbHelp extends Help {
  protected override CommandHelpClass = CommandHelpWithExitCodes;

  override async showRootHelp(): Promise<void> {
    await super.showRootHelp();
    this.showExitCodes();
  }

  protected override async showTopicHelp(topic: Topic): Promise<void> {
    await super.showTopicHelp(topic);
    this.showExitCodes();
  }

  private showExitCodes(): void {
    this.log(this.section("EXIT CODES", table(["done", ...(Object.keys(EXIT_CODES) as ErrorCode[])])));
    this.log("");
  }
}

function table(outcomes: readonly Outcome[]): string {
  return [...new Set(outcomes)]
    .map((outcome) => ({ code: outcome === "done" ? 0 : EXIT_CODES[outcome], meaning: EXIT_MEANINGS[outcome] }))
    .toSorted((a, b) => a.code - b.code)
    .map(({ code, meaning }) => `${String(code).padStart(3)}  ${meaning}`)
    .join("\n");
}
