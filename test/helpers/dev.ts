// `tb dev --json` in a process of its own, and what it tells.
import { once } from "node:events";
import type { DevItem } from "../../src/dev/dev-item.ts";
import { startTb, type Ran, type RunningTb } from "./tb.ts";

export interface RunningDev extends RunningTb {
  /** The next item of that kind; those that came before a call count only once. Rejects when tb ends instead. */
  next<Type extends DevItem["type"]>(
    type: Type,
    is?: (item: DevItem & { type: Type }) => boolean,
  ): Promise<DevItem & { type: Type }>;
  /** Ends it like Ctrl-C does. */
  stop(): Promise<Ran>;
}

export function startDev(home: string, cwd: string, args: string[], env: Record<string, string> = {}): RunningDev {
  const running = startTb(home, ["dev", ...args, "--json"], env, cwd);
  let taken = 0;

  function items(): DevItem[] {
    const lines = running.stdout().split("\n").slice(0, -1);
    return lines.filter((line) => line.startsWith('{"type"')).map((line) => JSON.parse(line) as DevItem);
  }

  return {
    ...running,
    async next(type, is = () => true) {
      for (;;) {
        const all = items();
        const index = all.findIndex((item, i) => i >= taken && item.type === type && is(item as never));
        if (index !== -1) {
          taken = index + 1;
          return all[index] as never;
        }
        const ended = await Promise.race([running.done, once(running.child.stdout!, "data").then(() => null)]);
        if (ended) throw new Error(`tb dev ended (${ended.code ?? ended.signal}):\n${ended.stdout}\n${ended.stderr}`);
      }
    },
    stop() {
      running.child.kill("SIGINT");
      return running.done;
    },
  };
}
