import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { ProjectRow } from "../control/projects.ts";
import type { DevItem } from "../dev/dev-item.ts";
import { TbError, type ErrorCode } from "../errors.ts";
import { TbCommand } from "../tb-command.ts";
import { formatDevItem } from "../ui/dev-lines.ts";

/** The data of `tb dev`, known when it is stopped. */
export interface DevStopped {
  outcome: "stopped";
  /** The project. */
  project: { id: string; name: string };
  /** Where it was served. */
  url: string;
  /** The working copy. */
  folder: string;
  /** The development database, which stays; null for a project without one. */
  database: string | null;
}

export default class Dev extends TbCommand<DevStopped, DevItem> {
  static override summary = "Serve a working copy of a project, and every change as soon as it is saved.";
  static override description = `The first time it clones the repository into ./NAME (or --dir); later it finds the working copy again, wherever it is called. Inside a working copy the project need not be named. The clone is yours: commit and push as you are used to, then tb verify and tb deploy.

It works on a development database of its own, never on the one that the deployment uses. Migrations are applied at the start and whenever a file in migrations/ is saved; one that was applied before it was changed needs --fresh. Passwords are handed to the server in its environment and are in no file. One tb dev at a time serves a project, because its working copies would fight over the database.`;
  static override examples = [
    "<%= config.bin %> dev todo-api",
    "<%= config.bin %> dev todo-api --dir ~/code/todo --port 8080",
    "<%= config.bin %> dev todo-api --fresh --open",
  ];

  static override args = {
    project: Args.string({ description: "Name or id of the project; the working copy's own by default." }),
  };

  static override flags = {
    dir: Flags.string({ description: "Folder of the working copy; ./NAME by default.", helpValue: "FOLDER" }),
    port: Flags.integer({
      description: "Port to serve on; the first free one from 3000 by default.",
      min: 1,
      max: 65_535,
      helpValue: "PORT",
    }),
    fresh: Flags.boolean({ description: "Make the development database anew, from the migrations." }),
    open: Flags.boolean({ description: "Open its documentation in the browser." }),
  };

  static override exitCodes: readonly ErrorCode[] = ["conflict"];

  async run(): Promise<DevStopped> {
    const { args, flags } = await this.parse(Dev);
    this.streaming = true; // an error is a line of its own too, however early it comes
    const signal = this.stopSignal();
    const { startDev } = await import("../dev/start-dev.ts");
    const project = await this.findProject(args.project);
    const end = await startDev(
      this.tbConfig,
      await this.control(),
      this.adapters,
      {
        project,
        dir: flags.dir ?? null,
        port: flags.port ?? null,
        fresh: flags.fresh,
        cwd: process.cwd(),
        signal,
        say: (text) => this.progress(text),
        onReady: (url) => {
          if (flags.open) void this.browse(`${url}/docs`);
        },
      },
      (item) => this.writeItem(item, formatDevItem(item, project.name)),
    );
    return { outcome: "stopped", project: { id: project.project_id, name: project.name }, ...end };
  }

  private async findProject(given: string | undefined): Promise<ProjectRow> {
    const { findProject } = await import("../control/projects.ts");
    const { projectHere } = await import("../dev/find-here.ts");
    const [control, owner] = [await this.control(), await this.owner()];
    const named = given ?? (await projectHere(this.tbConfig, control, owner, process.cwd())) ?? (await this.choose());
    return findProject(control, owner, named);
  }

  private async choose(): Promise<string> {
    if (!this.canAsk()) {
      throw new TbError("usage", "Which project? This folder is in no working copy of one.", {
        suggestion: "tb dev PROJECT\ntb projects list      shows what there is",
      });
    }
    const { askArguments } = await import("../ui/ask-arguments.ts");
    const known = { control: () => this.control(), owner: () => this.owner() };
    const asked = { ...Dev.args.project, name: "project" } as unknown as Parameters<typeof askArguments>[0][number];
    const [answer] = await askArguments([asked], known);
    return answer!;
  }

  private async browse(url: string): Promise<void> {
    if (!this.tbConfig.hasDisplay) return this.progress(`There is no display to open ${url} on.`);
    const { openInBrowser } = await import("../ui/browser.ts");
    const reason = await openInBrowser(url);
    if (reason !== null) this.progress(`No browser could be started: ${reason}`);
  }

  protected format(): string {
    return "";
  }
}
