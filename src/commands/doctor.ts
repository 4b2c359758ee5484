import type { DoctorResult } from "../doctor/doctor.ts";
import { TbError } from "../errors.ts";
import { TbCommand } from "../tb-command.ts";
import { formatDoctor } from "../ui/doctor.ts";

export default class Doctor extends TbCommand<DoctorResult> {
  static override summary = "See whether tb can work on this machine, and what to do where it cannot.";
  static override description =
    "Looks at Node, git, npm, tb's folder, the disk, secrets, database servers, the sandbox, ports, the registry and the clock. Starts nothing and makes nothing.";
  static override examples = [
    "<%= config.bin %> doctor",
    "<%= config.bin %> doctor --json",
    "<%= config.bin %> doctor --quiet",
  ];

  async run(): Promise<DoctorResult> {
    await this.parse(Doctor);
    const { diagnose } = await import("../doctor/doctor.ts");
    const { selectAdapters } = await import("../adapters/index.ts");
    const result = await diagnose({ readConfig: () => this.tbConfig, selectAdapters });
    if (result.problems > 0) this.conclude(unfit(result));
    return result;
  }

  protected format(data: DoctorResult): string {
    return formatDoctor(data);
  }
}

function unfit({ problems, diagnoses }: DoctorResult): TbError {
  const names = diagnoses.filter(({ status }) => status === "problem").map(({ check }) => check);
  return new TbError("configuration", `tb cannot work here yet: ${names.join(", ")}.`, {
    suggestion:
      problems === 1
        ? "Follow the arrow above, then run tb doctor again."
        : "Follow the arrows above, then run tb doctor again.",
  });
}
