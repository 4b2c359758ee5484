import * as Args from "@oclif/core/args";
import { SCRIPTS, SHELLS, type Shell } from "../completion/scripts.ts";
import { TbCommand } from "../tb-command.ts";

/** The data of `tb completion --json`. */
export interface CompletionScript {
  shell: Shell;
  /** To be evaluated by the shell, or kept in a file that it reads when it starts. */
  script: string;
}

export default class CompletionCommand extends TbCommand<CompletionScript> {
  static override summary = "Print a script that makes your shell complete tb's commands, flags, projects and runs.";
  static override description = `To have it in every new shell:

  bash  echo 'eval "$(tb completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(tb completion zsh)"' >> ~/.zshrc
  fish  tb completion fish > ~/.config/fish/completions/tb.fish

It asks tb for what fits, so it need not be renewed when tb is. Names of projects and ids of runs are there while tb's databases run; completing never starts them.`;
  static override examples = [
    "<%= config.bin %> completion bash",
    "<%= config.bin %> completion zsh > ~/.zfunc/_tb",
    "<%= config.bin %> completion fish > ~/.config/fish/completions/tb.fish",
  ];

  static override args = {
    shell: Args.string({ description: "The shell to print it for.", options: [...SHELLS], required: true }),
  };

  async run(): Promise<CompletionScript> {
    const { args } = await this.parse(CompletionCommand);
    const shell = args.shell as Shell;
    return { shell, script: SCRIPTS[shell] };
  }

  protected format({ script }: CompletionScript): string {
    return script;
  }
}
