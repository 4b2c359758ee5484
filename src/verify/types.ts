// Check "types": the TypeScript compiler finds nothing.
import { ending, type Finding } from "./check.ts";
import { runNode, type Subject } from "./subject.ts";
import type { Failure } from "./verdict.ts";

/** `--noCheck false` so that a project cannot switch the check off in its tsconfig.json. Not incremental: what the compiler
 * remembers lies where the project's programs can write, and a verdict rests on nothing that they have written. One checker,
 * because each of the four that the compiler starts by itself learns the libraries' types anew: half the work, and here no
 * slower alone. */
export const TYPES =
  "node_modules/typescript/bin/tsc --noEmit --noCheck false --incremental false --tsBuildInfoFile null --pretty false --listFiles --checkers 1".split(
    " ",
  );

/** The compiler collects no garbage before it has a gigabyte: it ends long before that, with a sixth of the work less. */
export const TYPES_ENV = { GOGC: "off", GOMEMLIMIT: "1GiB" };

export async function checkTypes(subject: Subject): Promise<Finding> {
  const result = await runNode(subject, TYPES, { env: TYPES_ENV });
  const failures = [...parseTypeErrors(result.stdout), ...(await uncheckedFiles(subject, result.stdout))];
  if (result.exitCode !== 0 && failures.length === 0) failures.push({ message: ending("tsc", result) });
  return { count: null, summary: "types", failures };
}

/** Sources that the compiler has not looked at: a line of `--listFiles` is the absolute path of a file. */
async function uncheckedFiles({ sandbox }: Subject, output: string): Promise<Failure[]> {
  const listed = output.split("\n").filter((line) => /\.[cm]?tsx?$/.test(line));
  if (listed.length === 0) return []; // it has not come that far, and its exit code says so
  const sources = (await sandbox.listFiles()).filter((file) => /^server\/.*\.[cm]?tsx?$/.test(file));
  return sources
    .filter((file) => !listed.some((line) => line.endsWith(`/${file}`)))
    .map((file) => ({ file, message: "is not checked: tsconfig.json leaves it out." }));
}

/** Lines of `tsc --pretty false`: `server/api/x.ts(3,5): error TS2322: …`, continued by indented lines. */
export function parseTypeErrors(output: string): Failure[] {
  const failures: Failure[] = [];
  for (const line of output.split("\n")) {
    const [, file, number, message] = /^(.+?)\((\d+),\d+\): (error TS\d+: .*)$/.exec(line) ?? [];
    const last = failures.at(-1);
    if (file && number && message) failures.push({ file, line: Number(number), message });
    else if (/^error TS\d+: /.test(line)) failures.push({ message: line });
    else if (/^\s/.test(line) && last) last.message += `\n${line}`;
  }
  return failures;
}
