// How long the offline model takes for a request of twenty entities: to plan it, to render its files, to write them.
// Usage: node bench/offline.ts [rounds]
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { renderProject } from "../src/adapters/model/offline/render/render-project.ts";
import { understand } from "../src/adapters/model/offline/understand/understand.ts";
import { baseProjectFiles } from "../src/plan/base-project.ts";
import type { Plan } from "../src/plan/plan.ts";

const ENTITIES = 20;
const rounds = Number(process.argv[2] ?? 20);

const nouns =
  "users teams projects tasks notes posts comments categories products suppliers customers orders invoices books loans events venues bookings rooms reviews".split(
    " ",
  );
const exact = nouns.map((noun, index) => {
  const parent = index === 0 ? "" : `, parent:references:${nouns[Math.floor(index / 2)]!}`;
  return `${noun}(name:string{80}:unique, note:text?, state:enum{open,done}=open, amount:decimal>=0, on:date?${parent})`;
});
const english = nouns.map((noun, index) => {
  const parent = index === 0 ? "" : ` and belong to ${nouns[Math.floor(index / 2)]!}`;
  return `${noun} have a unique name, an optional remark, a status (open or done), an amount of at least 0 and a start date${parent}`;
});

for (const [kind, request] of [
  ["exact syntax", exact.join(" ")],
  ["English", english.join("; ")],
] as const) {
  const first = performance.now();
  const plan = planOf(request);
  const cold = performance.now() - first;
  const planning = await times(() => planOf(request));
  const rendering = await times(() => filesOf(plan));
  const folder = await mkdtemp(join(tmpdir(), "tb-offline-"));
  const files = await filesOf(plan);
  const writing = await times(() => write(folder, files));
  await rm(folder, { recursive: true });
  console.log(`${kind}: ${request.length} characters, ${plan.tables.length} tables, ${files.length} files`);
  console.log(`  plan    ${cold.toFixed(1)} ms the first time, then ${told(planning)}`);
  console.log(`  render  ${told(rendering)}`);
  console.log(`  write   ${told(writing)}`);
}

function planOf(request: string): Plan {
  const answer = understand(request);
  if (!answer.understood) throw new Error(JSON.stringify(answer.problems));
  if (answer.plan.tables.length !== ENTITIES) throw new Error(`${answer.plan.tables.length} tables`);
  return answer.plan;
}

async function filesOf(plan: Plan): Promise<{ path: string; content: string }[]> {
  return [...(await baseProjectFiles(plan)), ...renderProject(plan)];
}

async function write(folder: string, files: { path: string; content: string }[]): Promise<void> {
  for (const { path, content } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

async function times(work: () => unknown): Promise<number[]> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const since = performance.now();
    await work();
    taken.push(performance.now() - since);
  }
  return taken.toSorted((a, b) => a - b);
}

function told(taken: number[]): string {
  return `median ${taken[Math.floor(taken.length / 2)]!.toFixed(1)} ms, worst ${taken.at(-1)!.toFixed(1)} ms`;
}
