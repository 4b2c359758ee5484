// Runs a TypeScript file of the tests as a process of its own, as any user, from any copy of the package.
import { spawn, type SpawnOptions } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { compiledBefore } from "./homes.ts";

export interface ProcessAnswer {
  ok: boolean;
  code?: string;
  message?: string;
  [field: string]: unknown;
}

/** The JSON that `test/helpers/<script>` prints; rejects with what it wrote to stderr when it prints none. */
export async function runHelper(
  script: string,
  parameters: string[],
  env: Record<string, string>,
  options: SpawnOptions & { nodeFlags?: string[]; root?: string } = {},
): Promise<ProcessAnswer> {
  const { nodeFlags = [], root = fileURLToPath(new URL("../../", import.meta.url)), ...spawnOptions } = options;
  const child = spawn(process.execPath, [...nodeFlags, `${root}/test/helpers/${script}`, ...parameters], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: "/",
    ...spawnOptions,
    env: { PATH: process.env.PATH ?? "", ...compiledBefore(), ...env },
  });
  const [output, errors] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  if (output === "") throw new Error(`${script} printed nothing: ${errors}`);
  const answer: ProcessAnswer = JSON.parse(output);
  return answer;
}
