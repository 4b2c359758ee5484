import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { CreateResult } from "../pipeline/phases/record.ts";
import { unsafeNoSandbox } from "../sandbox-flag.ts";
import { TbCommand } from "../tb-command.ts";
import { formatCreated, formatPlanned, type Planned } from "../ui/create-result.ts";

export default class Create extends TbCommand<CreateResult | Planned> {
  static override summary = "Turn a plain-language request into a running, verified backend.";
  static override examples = [
    '<%= config.bin %> create "a todo API with users and tasks"',
    '<%= config.bin %> create "tasks(title:string{200}, done:boolean=false)" --name chores',
    '<%= config.bin %> create "products have a sku and a price" --plan',
  ];

  static override args = {
    request: Args.string({
      description: "What to build, in words or in the exact field syntax; - reads it from stdin.",
      required: true,
    }),
  };

  static override flags = {
    name: Flags.string({ description: "Name of the project; made from the request by default.", helpValue: "NAME" }),
    partial: Flags.boolean({
      description: "Build what is understood, and list the rest as left out, here and in the project's README.",
    }),
    plan: Flags.boolean({ description: "Print the plan and build nothing.", helpGroup: "PLAN" }),
    "plan-out": Flags.string({
      description: "Write the plan to a file for `tb apply`, and build nothing.",
      helpValue: "FILE",
      helpGroup: "PLAN",
    }),
    deploy: Flags.boolean({ description: "Run the backend when it is verified.", default: true, allowNo: true }),
    "unsafe-no-sandbox": unsafeNoSandbox,
  };

  async run(): Promise<CreateResult | Planned> {
    const { args, flags } = await this.parse(Create);
    const { checkName, readRequest } = await import("../pipeline/create-input.ts");
    const request = await readRequest(args.request);
    if (flags.name !== undefined) checkName(flags.name);
    if (flags.plan || flags["plan-out"] !== undefined) {
      const { planCreate } = await import("../pipeline/plan-create.ts");
      return planCreate(await this.adapters.model(), request, {
        name: flags.name ?? null,
        file: flags["plan-out"] ?? null,
        partial: flags.partial,
      });
    }
    this.control().catch(() => {}); // connects while the rest is loaded, where an error is met
    const [ownerId, { startCreate }] = await Promise.all([this.owner(), import("../pipeline/start-create.ts")]);
    return startCreate(this.runner(), {
      ownerId,
      request,
      givenPlan: null,
      partial: flags.partial,
      name: flags.name ?? null,
      deploy: flags.deploy,
    });
  }

  protected format(data: CreateResult | Planned): string {
    return data.outcome === "planned" ? formatPlanned(data) : formatCreated(data);
  }
}
