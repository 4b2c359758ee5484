// Check "openapi": the committed openapi.json is what the routes say, and can be read as a contract.
import { ending, type Finding } from "./check.ts";
import { type Contract, readContract } from "./probe/contract.ts";
import { runNode, type Subject } from "./subject.ts";

export const OPENAPI_FILE = "openapi.json";
export const OPENAPI = ["scripts/openapi.ts", "--check"];

/** Finding out where the file differs writes it for a moment, so that waits for the `others`, who read it. */
export async function checkOpenapi(subject: Subject, others: Promise<unknown>): Promise<Finding> {
  const { sandbox } = subject;
  const committed = await readOpenapi(subject);
  if (committed === null) {
    return failed("is missing. Run `npm run openapi` and keep the file.");
  }
  const result = await runNode(subject, OPENAPI);
  if (result.exitCode !== 0 || (await sandbox.readFile(OPENAPI_FILE)) !== committed) {
    await others;
    return compare(subject, committed);
  }
  const contract = readContract(committed);
  return "problem" in contract
    ? failed(contract.problem)
    : { count: contract.operations.size, summary: "openapi", failures: [] };
}

/** Says where the file differs. The tree is only judged here, so the file stays as it was. */
async function compare(subject: Subject, committed: string): Promise<Finding> {
  const { sandbox } = subject;
  try {
    const result = await runNode(subject, ["scripts/openapi.ts"]);
    if (result.exitCode !== 0) return failed(ending("npm run openapi", result));
    const generated = await sandbox.readFile(OPENAPI_FILE);
    const place = generated === committed ? "" : ` ${firstDifference(committed, generated)}`;
    return failed(`does not match the routes: run \`npm run openapi\`.${place}`);
  } finally {
    await sandbox.writeFile(OPENAPI_FILE, committed);
  }
}

/** The contract the probes go by; null when the "openapi" check has refused it. */
export async function loadContract(subject: Pick<Subject, "sandbox">): Promise<Contract | null> {
  const text = await readOpenapi(subject);
  const contract = text === null ? null : readContract(text);
  return contract && "operations" in contract ? contract : null;
}

async function readOpenapi({ sandbox }: Pick<Subject, "sandbox">): Promise<string | null> {
  const files = await sandbox.listFiles();
  return files.includes(OPENAPI_FILE) ? sandbox.readFile(OPENAPI_FILE) : null;
}

function failed(message: string): Finding {
  return { count: null, summary: "openapi", failures: [{ file: OPENAPI_FILE, message }] };
}

function firstDifference(committed: string, generated: string): string {
  const [a, b] = [committed.split("\n"), generated.split("\n")];
  const line = b.findIndex((text, index) => text !== a[index]);
  if (line === -1) return `Line ${b.length + 1} should not be there.`;
  return `First at line ${line + 1}: it says ${JSON.stringify(a[line]?.trim() ?? "")}, the routes say ${JSON.stringify(b[line]!.trim())}.`;
}
