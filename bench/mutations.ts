// Proves the prober: every mutated project must be caught by the check that it names, every sound one must pass.
// Run: npm run mutations [-- PATTERN]
//
// Takes a few seconds for each. Exit code 1 when one was missed or refused.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan } from "../src/plan/plan.ts";
import { formatVerdict } from "../src/verify/format-verdict.ts";
import type { Verdict } from "../src/verify/verdict.ts";
import { verifyProject } from "../src/verify/verify-project.ts";
import { MUTATIONS } from "../test/verify/mutations/index.ts";
import { applyMutation, type Mutation, saysSo } from "../test/verify/mutations/mutation.ts";
import { SOUND_PLANS, VARIATIONS } from "../test/verify/mutations/sound-projects.ts";
import { plan } from "../test/verify/plan.ts";
import { createProject, type TestProject } from "../test/verify/project.ts";

const pattern = process.argv[2];
const wanted = (name: string) => pattern === undefined || new RegExp(pattern).test(name);
const cache = await mkdtemp(join(tmpdir(), "tb-mutations-"));
let current: TestProject | null = null;
let [caught, missed, passed, refused] = [0, 0, 0, 0];

function tell(name: string, good: boolean, verdict: Verdict, ms: number): void {
  const failed = verdict.checks.filter((check) => !check.passed).map((check) => check.name);
  const seconds = (ms / 1000).toFixed(1).padStart(6);
  process.stdout.write(
    `${good ? "✔" : "✖"} ${seconds} s  ${name}${failed.length > 0 ? `: ${failed.join(", ")}` : ""}\n`,
  );
  if (!good) process.stdout.write(`${formatVerdict(verdict)}\n`);
}

async function withProject(of: Plan, work: (project: TestProject) => Promise<void>): Promise<void> {
  current = await createProject(of, cache);
  try {
    await work(current);
  } finally {
    await current.remove();
    current = null;
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void leave());

async function leave(): Promise<never> {
  await current?.remove();
  await rm(cache, { recursive: true, force: true });
  process.exit(130);
}

async function judge(name: string, project: TestProject, isGood: (verdict: Verdict) => boolean): Promise<boolean> {
  const since = performance.now();
  const verdict = await verifyProject(project.subject);
  const good = isGood(verdict);
  tell(name, good, verdict, performance.now() - since);
  return good;
}

async function catchAll(list: readonly Mutation[], project: TestProject): Promise<void> {
  for (const mutation of list.filter(({ name }) => wanted(name))) {
    await applyMutation(mutation, project);
    if (await judge(mutation.name, project, (verdict) => saysSo(mutation, verdict))) caught++;
    else missed++;
    await project.reset();
  }
}

try {
  for (const [name, sound] of SOUND_PLANS.filter(([one]) => wanted(one))) {
    await withProject(sound, async (project) => {
      if (await judge(name, project, (verdict) => verdict.passed)) passed++;
      else refused++;
    });
  }
  await withProject(plan, async (project) => {
    for (const { name, edits, regenerate } of VARIATIONS.filter((one) => wanted(one.name))) {
      await applyMutation({ edits, ...(regenerate && { regenerate }), format: true }, project);
      if (await judge(name, project, (verdict) => verdict.passed)) passed++;
      else refused++;
      await project.reset();
    }
  });
  for (const [of, list] of MUTATIONS.filter(([, one]) => one.some(({ name }) => wanted(name))))
    await withProject(of, (project) => catchAll(list, project));
} finally {
  await rm(cache, { recursive: true, force: true });
}
process.stdout.write(
  `\nmutations caught ${caught}, missed ${missed}; sound projects passed ${passed}, refused ${refused}\n`,
);
if (missed + refused > 0) process.exitCode = 1;
