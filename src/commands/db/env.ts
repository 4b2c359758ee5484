import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { TbError } from "../../errors.ts";
import { TbCommand } from "../../tb-command.ts";
import { formatExports } from "../../ui/shell-exports.ts";

/** The data of `tb db env --json`. The password is never in it. */
export interface DatabaseEnv {
  /** The project whose database it is. */
  project: { id: string; name: string };
  /** The variables that psql and most clients of Postgres read: PGHOST, PGPORT, PGDATABASE, PGUSER, PGOPTIONS. */
  variables: Record<string, string>;
  /** Whether a session is read-only until it says otherwise. */
  read_only: boolean;
}

export default class DbEnv extends TbCommand<DatabaseEnv> {
  static override summary = "Print how to connect to a project's database, for psql and other clients.";
  static override description = `Lines that a shell evaluates. The password is only among them with --password, so that it goes through the environment and is on no command line and in no file; tb derives it and keeps it nowhere.

Sessions are read-only unless --write is given. The role "app" is the deployed backend's own: it may read and write rows. "own" may change the schema as well, which is a migration's work.`;
  static override examples = [
    `eval "$(<%= config.bin %> db env todo-api --password)" && psql`,
    `eval "$(<%= config.bin %> db env todo-api --password --write)" && psql`,
    "<%= config.bin %> db env todo-api --json",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  static override flags = {
    password: Flags.boolean({ description: "Print PGPASSWORD too.", exclusive: ["json", "events"] }),
    write: Flags.boolean({ description: "Let sessions write." }),
    role: Flags.custom<"app" | "own">({ options: ["app", "own"] })({ description: "As which role.", default: "app" }),
  };

  private password: string | null = null;

  async run(): Promise<DatabaseEnv> {
    const { args, flags } = await this.parse(DbEnv);
    const { findProject } = await import("../../control/projects.ts");
    const { findDatabase } = await import("../../control/project-databases.ts");
    const control = await this.control();
    const project = await findProject(control, await this.owner(), args.project);
    const database = await findDatabase(control, project.project_id);
    if (!database) {
      throw new TbError("not_found", `${project.name} has no database.`, { suggestion: `tb status ${project.name}` });
    }
    const cluster = await this.adapters.databaseCluster();
    await cluster.ensure();
    const { host, port, user, password } = await cluster.connection(project.project_id, flags.role, database.name);
    if (flags.password) {
      this.password = password;
      this.reveals = true;
    }
    return {
      project: { id: project.project_id, name: project.name },
      variables: {
        PGHOST: host,
        PGPORT: String(port),
        PGDATABASE: database.name,
        PGUSER: user,
        PGOPTIONS: flags.write ? "" : "-c default_transaction_read_only=on",
      },
      read_only: !flags.write,
    };
  }

  protected format({ variables }: DatabaseEnv): string {
    if (this.password !== null) return formatExports({ ...variables, PGPASSWORD: this.password });
    return `${formatExports(variables)}\n# --password adds PGPASSWORD`;
  }
}
