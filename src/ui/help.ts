// oclif's help with the exit codes: all of them for tb and its topics, its own ones for a command.
import { CommandHelp, Help, standardizeIDFromArgv } from "@oclif/core/help";
import type { Topic } from "@oclif/core/interfaces";
import { allExitCodes, exitCodesOf, type ExitCode } from "./exit-codes.ts";
import { leaveUnknownCommand } from "./unknown-command.ts";

class CommandHelpWithExitCodes extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp["sections"]> {
    const codes = exitCodesOf(this.command);
    return [...super.sections(), { header: "EXIT CODES", generate: () => table(codes) }];
  }
}

export default class TbHelp extends Help {
  protected override CommandHelpClass = CommandHelpWithExitCodes;

  override async showHelp(argv: string[]): Promise<void> {
    const words = standardizeIDFromArgv(
      argv.filter((arg) => !/^(--help|-h)$/.test(arg)),
      this.config,
    );
    const [subject] = words;
    const known =
      !subject || subject.startsWith("-") || this.config.findCommand(subject) || this.config.findTopic(subject);
    if (!known) leaveUnknownCommand(subject, argv, this.config);
    await super.showHelp(argv);
  }

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
