import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { TbError } from "../errors.ts";
import type { CreateResult } from "../pipeline/phases/record.ts";
import type { Plan } from "../plan/plan.ts";
import { unsafeNoSandbox } from "../sandbox-flag.ts";
import { TbCommand } from "../tb-command.ts";
import { formatCreated, formatPlanned, type Planned } from "../ui/create-result.ts";
import { shellWord } from "../ui/shell-word.ts";

export default class Create extends TbCommand<CreateResult | Planned> {
  static override summary = "Turn a plain-language request into a running, verified backend.";
  static override examples = [
    '<%= config.bin %> create "a todo API with users and tasks"',
    '<%= config.bin %> create "tasks(title:string{200}, done:boolean=false)" --name chores --plan',
    "<%= config.bin %> create --from schema.sql",
  ];

  static override args = {
    request: Args.string({
      description: "What to build, in words or in the exact field syntax; - reads it from stdin.",
    }),
  };

  static override flags = {
    name: Flags.string({ description: "Name of the project; made from the request by default.", helpValue: "NAME" }),
    from: Flags.string({
      description:
        "Build what a schema (.sql, .dbml) or an OpenAPI document (.yaml, .json) says, instead of a request in words.",
      helpValue: "FILE",
    }),
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

  private asked = '"…"';

  async run(): Promise<CreateResult | Planned> {
    const { args, flags } = await this.parse(Create);
    if (flags.from !== undefined) this.asked = `--from ${shellWord(flags.from)}${flags.partial ? " --partial" : ""}`;
    const { checkName, readRequest } = await import("../pipeline/create-input.ts");
    if (flags.name !== undefined) checkName(flags.name);
    const givenPlan = flags.from === undefined ? null : await this.specified(flags.from, args.request, flags.partial);
    const request = givenPlan?.request ?? (await readRequest(args.request ?? (await this.askRequest())));
    if (flags.plan || flags["plan-out"] !== undefined) {
      const { planCreate, planGiven } = await import("../pipeline/plan-create.ts");
      const options = { name: flags.name ?? null, file: flags["plan-out"] ?? null, partial: flags.partial };
      return givenPlan ? planGiven(givenPlan, options) : planCreate(await this.adapters.model(), request, options);
    }
    this.control().catch(() => {}); // connects while the rest is loaded, where an error is met
    const [ownerId, { startCreate }] = await Promise.all([this.owner(), import("../pipeline/start-create.ts")]);
    return startCreate(this.runner(), {
      ownerId,
      request,
      givenPlan,
      partial: flags.partial,
      name: flags.name ?? null,
      deploy: flags.deploy,
    });
  }

  private async askRequest(): Promise<string> {
    if (!this.canAsk()) {
      throw new TbError("usage", "REQUEST is missing.", {
        details: [`REQUEST  ${Create.args.request.description}`],
        suggestion: 'tb create "a todo API with users and tasks"\ntb create --from schema.sql',
      });
    }
    const { askText } = await import("../ui/prompts.ts");
    return askText("What do you want to build?");
  }

  private async specified(file: string, request: string | undefined, partial: boolean): Promise<Plan> {
    if (request !== undefined)
      throw new TbError("usage", "A request and --from are two answers to what to build.", {
        suggestion: `tb create ${this.asked}`,
      });
    const { planFromSpecification } = await import("../pipeline/from-specification.ts");
    return planFromSpecification(file, partial);
  }

  protected format(data: CreateResult | Planned): string {
    return data.outcome === "planned" ? formatPlanned(data, this.asked) : formatCreated(data);
  }
}
