// A project with accounts is judged by what it shows to whom.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { formatVerdict } from "../../src/verify/format-verdict.ts";
import { verifyProject } from "../../src/verify/verify-project.ts";
import { accountsPlan } from "./accounts-plan.ts";
import { accounts } from "./mutations/accounts.ts";
import { applyMutation, saysSo } from "./mutations/mutation.ts";
import { createProject, type TestProject } from "./project.ts";

let project: TestProject;
beforeAll(async () => {
  project = await createProject(accountsPlan, inject("sharedCache"));
});
afterAll(() => project?.remove());

test("passes as it is made", async () => {
  const verdict = await verifyProject(project.subject);
  expect(formatVerdict(verdict)).not.toContain("Failed");
  expect(verdict.scores.security_score).toBe(100);
});

test("fails for each of several mistakes, at different endpoints", async () => {
  const names = [
    "account-password-not-checked",
    "account-weak-password",
    "account-seen-by-others",
    "account-token-never-ends",
    "owner-rows-are-listed",
    "owner-rows-are-all-deleted",
    "owner-chosen-by-the-client",
  ];
  const mistakes = accounts.filter(({ name }) => names.includes(name));
  expect(mistakes).toHaveLength(names.length);
  for (const { edits } of mistakes) await applyMutation({ edits }, project);
  await applyMutation({ edits: [], regenerate: true }, project);
  const verdict = await verifyProject(project.subject);
  await project.reset();
  const missed = mistakes.filter((mistake) => !saysSo(mistake, verdict)).map(({ name }) => name);
  expect(missed, formatVerdict(verdict)).toEqual([]);
});
