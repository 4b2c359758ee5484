// The packed tb on every Node it promises to run on: npm pack, npm install -g without install scripts, then a real create,
// a request to the backend, and its removal; and what an older Node is told. Usage: npm run smoke [version …]
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CreateResult } from "../src/pipeline/phases/record.ts";
import { installTb, packTb } from "../test/helpers/packed-tb.ts";
import { removeTbHome, tbHome, type Envelope } from "../test/helpers/tb.ts";

const run = promisify(execFile);
const OLDEST = "22.18.0";
const versions = process.argv.length > 2 ? process.argv.slice(2) : ["20", OLDEST, "24", "26"];

const folder = await mkdtemp(join(tmpdir(), "tb-smoke-"));
let failed = false;
try {
  const { tarball } = await packTb(folder);
  const tb = await installTb(tarball, folder);
  for (const version of versions) {
    const node = await installNode(version);
    const outcome =
      Number(version.split(".")[0]) < Number(OLDEST.split(".")[0]) ? await refused(node, tb) : await works(node, tb);
    console.log(`node ${version.padEnd(8)} ${outcome}`);
  }
} catch (error) {
  failed = true;
  const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
  console.error(error, stdout, stderr);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** The program alone, from the package that the package `node` fetches too. */
async function installNode(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(folder, `node-${version}`);
  await run("npm", [
    "install",
    "--prefix",
    prefix,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    `${name}@${version}`,
  ]);
  return join(prefix, "node_modules", name, "bin", "node");
}

/** The first command of a new installation, and the last one. */
async function works(node: string, tb: string): Promise<string> {
  const home = await tbHome();
  const env = { ...process.env, TB_HOME: home };
  async function data<Data>(...args: string[]): Promise<Data> {
    const { stdout } = await run(node, [tb, ...args, "--json"], { env });
    return (JSON.parse(stdout) as Envelope<Data>).data;
  }
  try {
    const started = Date.now();
    const { verification, deployment } = await data<CreateResult>("create", "a todo API with users and tasks");
    const seconds = (Date.now() - started) / 1000;
    if (!verification.passed || !deployment) throw new Error("the backend was not verified or not deployed");
    const answer = await fetch(`${deployment.url}/api/tasks`);
    if (answer.status !== 200) throw new Error(`GET /api/tasks answered ${answer.status}`);
    await data("destroy", "todo-api", "--confirm", "todo-api");
    return `created, answered and destroyed; the create took ${seconds.toFixed(1)} s, npm ci included`;
  } finally {
    await removeTbHome(home);
  }
}

async function refused(node: string, tb: string): Promise<string> {
  try {
    await run(node, [tb, "projects", "list"]);
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    if (code === 3 && stdout === "" && /^tb needs Node .*\n$/.test(stderr))
      return `refused with exit 3: ${stderr.trim()}`;
    throw error;
  }
  throw new Error("tb ran on a Node that is too old");
}
