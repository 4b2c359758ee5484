import { setTimeout as delay } from "node:timers/promises";

/** Waits for what is about to happen; throws after 20 s, which only means that it never will. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    if (await condition()) return;
    await delay(10);
  }
  throw new Error("It did not happen within 20 s.");
}
