// Called by the scripts of `tb completion`; not for people.
import type { Completion } from "../completion/complete.ts";
import { TbCommand } from "../tb-command.ts";

export default class Complete extends TbCommand<Completion> {
  static override summary = "Print what could be typed next.";
  static override hidden = true;
  static override strict = false;

  async run(): Promise<Completion> {
    await this.parse(Complete);
    const { complete } = await import("../completion/complete.ts");
    const { createLookup } = await import("../completion/lookup.ts");
    const words = this.argv.slice(this.argv.indexOf("--") + 1);
    const lookup = createLookup({ config: () => this.tbConfig, owner: () => this.owner() });
    return complete(words, this.config, lookup);
  }

  protected format({ candidates, files }: Completion): string {
    const lines = candidates.map(({ value, description }) => `${value}\t${description.replaceAll(/\s+/g, " ")}`);
    return [...lines, ...(files ? [":files"] : [])].join("\n");
  }
}
