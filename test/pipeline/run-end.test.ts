import { expect, test } from "vitest";
import { TbError } from "../../src/errors.ts";
import { closeRun } from "../../src/pipeline/run-end.ts";
import type { EngineEvent, RunVoice } from "../../src/pipeline/run-events.ts";

/** A voice whose last word cannot be written for this reason. */
function voiceless(reason: unknown): RunVoice & { told: EngineEvent[] } {
  const told: EngineEvent[] = [];
  return {
    told,
    emit: () => Promise.reject(reason),
    close: () => Promise.reject(reason),
    warn: () => Promise.reject(reason),
    tell: async (event) => void told.push(event),
  };
}

test("a run that has succeeded is parked when that cannot be written, and says why", async () => {
  const away = new TbError("transient", "A database does not answer.");
  const voice = voiceless(away);
  expect(await closeRun(voice, { state: "succeeded", result: {} })).toEqual({ state: "parked", error: away });
  expect(voice.told).toMatchObject([{ type: "run.parked", error: { message: away.message } }]);
});

test("a run that parks keeps its own reason when that cannot be written", async () => {
  const stopped = new TbError("interrupted", "Stopped.");
  const voice = voiceless(new TbError("transient", "A database does not answer."));
  expect(await closeRun(voice, { state: "parked", error: stopped })).toEqual({ state: "parked", error: stopped });
  expect(voice.told).toMatchObject([{ type: "run.parked", error: { message: "Stopped." } }]);
});

test("an error that nobody foresaw is not taken for one to wait for", async () => {
  await expect(closeRun(voiceless(new Error("a defect")), { state: "succeeded", result: {} })).rejects.toThrow(
    "a defect",
  );
});
