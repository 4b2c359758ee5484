import { TbCommand } from "../../tb-command.ts";
import { formatTime } from "../../ui/output.ts";
import { fitTable } from "../../ui/layout.ts";

interface Listed {
  projects: { id: string; name: string; status: string; url: string | null; endpoints: number; created_at: string }[];
}

export default class ProjectsList extends TbCommand<Listed> {
  static override summary = "List your projects, newest first.";
  static override examples = [
    "<%= config.bin %> projects list",
    "<%= config.bin %> projects list --json",
    "<%= config.bin %> projects list --json > projects.json",
  ];

  async run(): Promise<Listed> {
    await this.parse(ProjectsList);
    const { listProjects } = await import("../../control/projects.ts");
    const rows = await listProjects(await this.control(), await this.owner());
    return {
      projects: rows.map((row) => ({
        id: row.project_id,
        name: row.name,
        status: row.status,
        url: row.deployment_config.url ?? null,
        endpoints: row.codebase.endpoints?.length ?? 0,
        created_at: new Date(row.created_at * 1000).toISOString(),
      })),
    };
  }

  protected format({ projects }: Listed): string {
    if (projects.length === 0) return 'There are no projects yet.\n  → tb create "a todo API with users and tasks"';
    return fitTable(
      projects.map(({ name, status, endpoints, url, created_at }) => [
        name,
        status,
        `${endpoints} endpoints`,
        formatTime(Date.parse(created_at) / 1000),
        url ?? "-",
      ]),
    );
  }
}
