import { TbCommand } from "../../tb-command.ts";
import { prose } from "../../ui/layout.ts";

interface Migrated {
  applied: string[];
  version: string | null;
}

export default class DbMigrate extends TbCommand<Migrated> {
  static override summary = "Bring the control schema up to date; other commands do it by themselves.";
  static override examples = [
    "<%= config.bin %> db migrate",
    "<%= config.bin %> db migrate --json",
    "PG_DB_SCHEMA=tb_ci <%= config.bin %> db migrate",
  ];

  async run(): Promise<Migrated> {
    await this.parse(DbMigrate);
    const { dbMigrate } = await import("../../control/engine-room.ts");
    return dbMigrate(this.tbConfig);
  }

  protected format({ applied, version }: Migrated): string {
    if (applied.length === 0) return prose(`The control schema is up to date (${version}).`);
    return [`Applied ${applied.length}, now at ${version}:`, ...applied.map((name) => `  ${name}`)].join("\n");
  }
}
