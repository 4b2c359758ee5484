import { TbCommand } from "../tb-command.ts";

export default class Overview extends TbCommand<object> {
  static override hidden = true;
  async run(): Promise<object> {
    await this.parse(Overview);
    return {};
  }

  protected format(): string {
    return "x";
  }
}
