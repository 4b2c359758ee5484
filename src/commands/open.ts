import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { TbError, type ErrorCode } from "../errors.ts";
import { TbCommand } from "../tb-command.ts";

/** The data of `tb open --json`. */
export interface Opened {
  /** The project. */
  project: { id: string; name: string };
  /** What was opened, or is to be opened. */
  url: string;
  /** Whether a browser was started; never with --json or --print, and never without a terminal. */
  opened: boolean;
}

export default class Open extends TbCommand<Opened> {
  static override summary = "Open a deployed backend in the browser.";
  static override description =
    "Its documentation, where every endpoint can be tried. Without a terminal or a display the URL is printed instead.";
  static override examples = [
    "<%= config.bin %> open todo-api",
    "<%= config.bin %> open todo-api --api",
    "<%= config.bin %> open todo-api --print",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  static override flags = {
    docs: Flags.boolean({ description: "The documentation (default).", exclusive: ["api"] }),
    api: Flags.boolean({ description: "The OpenAPI description." }),
    print: Flags.boolean({ description: "Only print the URL." }),
  };

  static override exitCodes: readonly ErrorCode[] = ["conflict"];

  async run(): Promise<Opened> {
    const { args, flags } = await this.parse(Open);
    const { findProject } = await import("../control/projects.ts");
    const project = await findProject(await this.control(), await this.owner(), args.project);
    const { running, url: base } = await (await this.adapters.deployTarget()).status(project.project_id);
    if (base === null || !project.deployment_config.url) {
      throw new TbError("not_found", `${project.name} is not deployed, so there is nothing to open.`, {
        suggestion: `tb deploy ${project.name}`,
      });
    }
    if (!running) {
      throw new TbError("conflict", `${project.name} does not run; its address is ${base}.`, {
        suggestion: `tb deploy ${project.name}      starts it again`,
      });
    }
    const url = `${base}${flags.api ? "/openapi.json" : "/docs"}`;
    const forPerson = process.stdout.isTTY && !(flags.print || flags.json || flags.events) && this.tbConfig.hasDisplay;
    const opened = forPerson ? await this.browse(url) : false;
    return { project: { id: project.project_id, name: project.name }, url, opened };
  }

  /** Whether a browser could be started. */
  private async browse(url: string): Promise<boolean> {
    const { openInBrowser } = await import("../ui/browser.ts");
    const reason = await openInBrowser(url);
    if (reason !== null) this.progress(`No browser could be started: ${reason}`);
    return reason === null;
  }

  protected format({ url, opened }: Opened): string {
    return opened ? `Opened ${url}` : url;
  }
}
