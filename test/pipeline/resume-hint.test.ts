import { expect, test } from "vitest";
import { TbError } from "../../src/errors.ts";
import { withResumeHint } from "../../src/pipeline/resume-hint.ts";

test("an error that parks a run says how to go on, unless it says itself what to do with the run", () => {
  const parked = withResumeHint(new TbError("transient", "No answer.", { suggestion: "tb db status" }), "run_1");
  expect(parked.suggestion!.split("\n")).toEqual([
    "tb db status",
    "tb resume run_1      continue",
    "tb cancel run_1      undo what it has made",
  ]);
  const final = new TbError("verification_failed", "It gave up.", { suggestion: "tb cancel run_1" });
  expect(withResumeHint(final, "run_1")).toBe(final);
});
