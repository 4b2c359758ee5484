// The sessions of the running version were ended by the switch; it has to find its way into the new database by itself.
import { setTimeout as delay } from "node:timers/promises";
import { TbError } from "../../errors.ts";
import type { RestoreStart } from "../restore.ts";
import { throwIfAborted } from "../run-errors.ts";
import type { Phase, Run } from "../types.ts";

const HEALTHY_WITHIN = 20_000;
const LOOK_EVERY = 250;

export const checkService: Phase<RestoreStart & { served: boolean }, object> = {
  name: "check-service",
  title: "See that the backend answers",
  skip: ({ served }) => (served ? undefined : { reason: "it did not run before", instead: {} }),
  run: async ({ project }, run) => {
    await run.step("wait", () => untilHealthy(project, run));
    return {};
  },
  summarize: () => "The backend answers from it",
};

async function untilHealthy({ id, name }: RestoreStart["project"], run: Run): Promise<null> {
  const target = await run.adapters.deployTarget();
  const deadline = performance.now() + HEALTHY_WITHIN;
  while (!(await target.status(id)).healthy) {
    throwIfAborted(run.signal);
    if (performance.now() > deadline) {
      throw new TbError("failure", `${name} does not answer with the restored database, so the one before is back.`, {
        suggestion: `tb logs ${name}`,
      });
    }
    await delay(LOOK_EVERY);
  }
  return null;
}
