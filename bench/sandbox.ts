// node bench/sandbox.ts [creates] [commands]: what isolation costs: one command, and a whole warm `tb create`, as plain
// processes and in bubblewrap, in turn. Figures are medians of ratios, because absolute times are noise on a shared machine.
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalSandboxProvider } from "../src/adapters/sandbox/local-sandbox.ts";
import { selectTier } from "../src/adapters/sandbox/select-tier.ts";
import { readConfig } from "../src/config.ts";
import { plainTier } from "../test/helpers/tiers.ts";
import { removeTbHome, tbData, tbHome } from "../test/helpers/tb.ts";
import { median } from "./alternate.ts";

const REQUEST = "a todo API with users and tasks";
const [creates, commands] = [Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 100)];

async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

/** Ratios of the isolated one to the plain one, in pairs. */
async function compare(title: string, rounds: number, plain: () => Promise<unknown>, isolated: () => Promise<unknown>) {
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds + 1; round++) {
    const pair: [number, number] = [await timed(plain), await timed(isolated)];
    if (round > 0) pairs.push(pair); // the first one warms up
  }
  const ratio = median(pairs.map(([first, second]) => second / first));
  const more = median(pairs.map(([first, second]) => second - first));
  const line = `${title}: ratio ${ratio.toFixed(2)}, ${more.toFixed(1)} ms more, median of ${rounds} pairs`;
  process.stdout.write(`${line} (plain ${median(pairs.map(([first]) => first)).toFixed(1)} ms)\n`);
}

/** The search path without bwrap. */
function pathWithout(folder: string): string {
  for (const source of (process.env.PATH ?? "").split(":").toReversed()) {
    for (const name of readable(source)) {
      if (name === "bwrap") continue;
      rmSync(join(folder, name), { force: true });
      symlinkSync(join(source, name), join(folder, name));
    }
  }
  return folder;
}

function readable(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // a search path may name what is not there
  }
}

const home = await tbHome();
const bin = mkdtempSync(join(tmpdir(), "tb-bin-"));
try {
  const config = { ...readConfig(), home };
  const plain = await createLocalSandboxProvider(config, plainTier).create("plain");
  const isolated = await createLocalSandboxProvider(config, selectTier).create("isolated");
  if (isolated.isolation !== "bubblewrap") throw new Error("bubblewrap does not work here.");
  const command = ["true"] as const;
  await compare(
    "one command",
    commands,
    () => plain.exec(command),
    () => isolated.exec(command),
  );
  const PATH = pathWithout(bin);
  let count = 0;
  async function create(env: Record<string, string>): Promise<void> {
    await tbData(home, ["create", REQUEST, "--name", `made-${++count}`, "--no-deploy"], env);
  }
  await compare(
    "tb create --no-deploy",
    creates,
    () => create({ PATH }),
    () => create({}),
  );
} finally {
  rmSync(bin, { recursive: true, force: true });
  await removeTbHome(home);
}
