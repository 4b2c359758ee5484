import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import type { ErrorCode } from "../errors.ts";
import type { VerifyResult } from "../pipeline/phases/record-verdict.ts";
import { unsafeNoSandbox } from "../sandbox-flag.ts";
import { TbCommand } from "../tb-command.ts";
import { formatVerified, notVerified } from "../ui/verify-result.ts";

export default class Verify extends TbCommand<VerifyResult> {
  static override summary = "Check a project's main branch by tb's own hand: types, build, every endpoint, tests.";
  static override description = `For code that was changed without tb, before it is deployed. The commit is checked out into a sandbox, a database is made from its migrations, and everything is tried that tb tries on code of its own; openapi.json says what the API promises. Neither the project's database nor its deployment is touched, and nothing is left behind.`;
  static override examples = [
    "<%= config.bin %> verify todo-api",
    "<%= config.bin %> verify todo-api --ref feature/labels",
    "<%= config.bin %> verify todo-api --json",
  ];

  static override args = { project: Args.string({ description: "Name or id of the project.", required: true }) };

  static override flags = {
    ref: Flags.string({
      description: "A branch or a commit instead of main; a commit may be shortened.",
      helpValue: "BRANCH|COMMIT",
    }),
    "unsafe-no-sandbox": unsafeNoSandbox,
  };

  static override exitCodes: readonly ErrorCode[] = ["verification_failed", "conflict"];

  async run(): Promise<VerifyResult> {
    const { args, flags } = await this.parse(Verify);
    const { startVerify } = await import("../pipeline/start-verify.ts");
    const result = await startVerify(this.runner(), await this.control(), this.adapters, {
      ownerId: await this.owner(),
      project: args.project,
      ref: flags.ref ?? null,
    });
    const shortfall = notVerified(result);
    if (shortfall) this.conclude(shortfall);
    return result;
  }

  protected format(data: VerifyResult): string {
    return formatVerified(data);
  }
}
