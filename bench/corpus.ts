// Every request of the corpus for real: created, built and verified by tb, and each that must be refused, refused with exit 11
// before anything exists. Long. Usage: npm run corpus [-- part of a domain …]
import type { CreateResult } from "../src/pipeline/phases/record.ts";
import { ENGLISH } from "../test/adapters/model/corpus/english.ts";
import { EXACT } from "../test/adapters/model/corpus/exact.ts";
import { VERBS } from "../test/adapters/model/corpus/verbs.ts";
import { REFUSED_CORPUS } from "../test/adapters/model/corpus/refused.ts";
import { type Envelope, removeTbHome, tb, tbHome } from "../test/helpers/tb.ts";

const wanted = process.argv.slice(2);
const corpus = [...EXACT, ...ENGLISH, ...VERBS].filter(
  ({ domain }) => wanted.length === 0 || wanted.some((part) => domain.toLowerCase().includes(part.toLowerCase())),
);
const home = await tbHome();
const failed: string[] = [];
try {
  for (const [index, { domain, request }] of corpus.entries()) {
    const started = Date.now();
    const ran = await tb(home, ["create", request, "--name", `corpus-${index}`, "--no-deploy", "--json"]);
    const outcome = ran.code === 0 ? verified(ran.stdout) : `exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`;
    if (!outcome.startsWith("verified")) failed.push(domain);
    console.log(`${domain.padEnd(22)} ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${outcome}`);
  }
  if (wanted.length === 0) await refuseAll();
} finally {
  await removeTbHome(home);
}
console.log(failed.length === 0 ? "all as they should be" : `not as they should be: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function verified(stdout: string): string {
  const { verification, plan } = (JSON.parse(stdout) as Envelope<CreateResult>).data;
  return `${verification.passed ? "verified" : "not verified"}: ${plan.tables.length} tables, ${plan.endpoints.length} endpoints`;
}

async function refuseAll(): Promise<void> {
  for (const { request } of REFUSED_CORPUS) {
    const { code } = await tb(home, ["create", request, "--json"]);
    if (code !== 11) failed.push(request);
  }
  const { stdout } = await tb(home, ["projects", "list", "--json"]);
  const projects = (JSON.parse(stdout) as Envelope<{ projects: unknown[] }>).data.projects.length;
  console.log(`${REFUSED_CORPUS.length} requests to refuse; ${projects} projects exist, ${corpus.length} were created`);
  if (projects !== corpus.length) failed.push("a refused request left a project");
}
