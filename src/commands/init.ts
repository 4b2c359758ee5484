import * as Flags from "@oclif/core/flags";
import type { InitResult } from "../init/init-machine.ts";
import { TbCommand } from "../tb-command.ts";
import { formatInit } from "../ui/init-result.ts";

export default class Init extends TbCommand<InitResult> {
  static override summary = "Get this machine ready: folder, databases, packages; the first project is quick then.";
  static override description = `Every command prepares what it needs by itself, so nobody has to call this. It does all of it at once: tb's folder with the key of this installation, both embedded database servers, tb's own tables, and the packages of new projects, so that the first tb create needs no network. Called again it only looks and says what is there.`;
  static override examples = [
    "<%= config.bin %> init",
    "<%= config.bin %> init --user ada@example.com",
    "<%= config.bin %> init --no-download --json",
  ];

  static override flags = {
    user: Flags.string({
      description: "Who you are, owner of what you make; git's user.email by default.",
      helpValue: "EMAIL",
    }),
    download: Flags.boolean({
      description: "Download the packages of new projects now.",
      default: true,
      allowNo: true,
    }),
  };

  async run(): Promise<InitResult> {
    const { flags } = await this.parse(Init);
    const { initMachine } = await import("../init/init-machine.ts");
    const { result, error } = await initMachine(this.tbConfig, {
      user: flags.user ?? null,
      askUser: this.canAsk() ? askUser : null,
      download: flags.download,
      say: (text) => this.progress(text),
    });
    if (error) this.conclude(error);
    return result;
  }

  protected format(data: InitResult): string {
    return formatInit(data);
  }
}

async function askUser(): Promise<string> {
  const { askText } = await import("../ui/prompts.ts");
  return askText("Your e-mail address, as owner of what you make:");
}
