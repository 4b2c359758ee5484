// oclif's help with the exit codes: all of them for tb and its topics, its own ones for a command.
import { CommandHelp, Help } from "@oclif/core/help";
import type { Topic } from "@oclif/core/interfaces";
import { allExitCodes, exitCodesOf, type ExitCode } from "./exit-codes.ts";

class CommandHelpWithExitCodes extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp["sections"]> {
    const codes = exitCodesOf(this.command);
    return [...super.sections(), { header: "EXIT CODES", generate: () => table(codes) }];
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
    this.log(this.section("EXIT CODES", table(allExitCodes())));
    this.log("");
  }
}

function table(codes: ExitCode[]): string {
  return codes.map(({ code, meaning }) => `${String(code).padStart(3)}  ${meaning}`).join("\n");
}
