import { readFile } from "node:fs/promises";
import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { TbError } from "../errors.ts";
import type { CreateResult } from "../pipeline/phases/record.ts";
import { unsafeNoSandbox } from "../sandbox-flag.ts";
import { TbCommand } from "../tb-command.ts";
import { formatCreated } from "../ui/create-result.ts";

export default class Apply extends TbCommand<CreateResult> {
  static override summary = "Build exactly the plan that `tb create --plan-out` has written.";
  static override examples = [
    "<%= config.bin %> apply todo.plan.json",
    "<%= config.bin %> apply todo.plan.json --name chores",
    "<%= config.bin %> apply todo.plan.json --no-deploy --json",
  ];

  static override args = { file: Args.string({ description: "The plan file.", required: true }) };

  static override flags = {
    name: Flags.string({ description: "Name of the project; the plan's by default.", helpValue: "NAME" }),
    deploy: Flags.boolean({ description: "Run the backend when it is verified.", default: true, allowNo: true }),
    "unsafe-no-sandbox": unsafeNoSandbox,
  };

  async run(): Promise<CreateResult> {
    const { args, flags } = await this.parse(Apply);
    const { parsePlanFile } = await import("../plan/plan-file.ts");
    const { checkName } = await import("../pipeline/create-input.ts");
    if (flags.name !== undefined) checkName(flags.name);
    const plan = parsePlanFile(await read(args.file));
    const { startCreate } = await import("../pipeline/start-create.ts");
    return startCreate(this.runner(), {
      ownerId: await this.owner(),
      request: plan.request,
      givenPlan: plan,
      name: flags.name ?? plan.name,
      deploy: flags.deploy,
    });
  }

  protected format(data: CreateResult): string {
    return formatCreated(data);
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new TbError(missing ? "not_found" : "failure", `${file} cannot be read: ${(error as Error).message}`, {
      suggestion: `tb create "…" --plan-out ${file}`,
      cause: error,
    });
  }
}
