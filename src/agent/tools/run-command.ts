import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import type { ExecResult, RegistryConnection, Sandbox } from "../../adapters/sandbox/sandbox.ts";
import { TbError } from "../../errors.ts";
import { redact } from "../../secrets/redactor.ts";
import { formatBytes } from "../../ui/bytes.ts";
import { keepTail } from "../output-limits.ts";
import { isGuarded } from "../project-path.ts";
import { defineTool, type ToolContext } from "./tool.ts";

const TIMEOUT = 120_000;
/** Not listed, not committed: what is kept there is for the model alone. */
const KEPT_IN = "node_modules/.cache/tb";

export const runCommand = defineTool({
  name: "run_command",
  description:
    "Run a shell command (sh) in the project's root, for at most 120 seconds. Returns its exit code and the end of its output. " +
    "Nothing is kept running afterwards; there is no keyboard and no network but the package registry. Git is not available: " +
    "the work is committed for you.",
  schema: z.strictObject({ command: z.string().min(1).max(20_000).describe("For example: npm run types") }),
  effect: "write",
  summarize: ({ command }) => `run ${command}`,

  async run({ command }, context) {
    if (command.includes("\0")) return { text: "A command must not hold NUL.", failed: true };
    const sandbox = await context.sandbox();
    const guarded = await readGuarded(sandbox);
    const before = await sandbox.listFiles();
    const timeout = Math.max(1000, Math.min(TIMEOUT, context.timeLeft()));
    const result = await sandbox.exec(["sh", "-c", command], {
      signal: context.signal,
      timeout,
      registry: true,
      env: { CI: "1", NO_COLOR: "1" },
    });
    const restored = await restoreGuarded(sandbox, guarded);
    const changed = inOneOnly(before, await sandbox.listFiles());
    const ending = endOf(result, timeout);
    const network = describeConnections(result.connections);
    const shown = await shownOutput(result, sandbox, context);
    const duration = `${(result.durationMs / 1000).toFixed(1)} s`;
    return {
      text: [ending, shown, ...restored, ...network.map((line) => `[network: ${line}]`)].filter(Boolean).join("\n"),
      failed: result.exitCode !== 0,
      changed,
      note: [ending, duration, ...network].join(", "),
    };
  },
});

/** A line for each host: what it was sent and what it answered, or why it was not asked. */
function describeConnections(connections: readonly RegistryConnection[]): string[] {
  const hosts = new Map<string, { sent: number; received: number }>();
  for (const { host, refused, sent, received } of connections) {
    const line = refused === null ? host : `${host} refused: ${refused}`;
    const sum = hosts.get(line) ?? { sent: 0, received: 0 };
    hosts.set(line, { sent: sum.sent + sent, received: sum.received + received });
  }
  return [...hosts].map(([line, sum]) =>
    line.includes(" refused: ") ? line : `${line} ${formatBytes(sum.received)} received, ${formatBytes(sum.sent)} sent`,
  );
}

/** Files that came or went. */
function inOneOnly(before: string[], after: string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [...before.filter((file) => !now.has(file)), ...after.filter((file) => !old.has(file))].toSorted();
}

function endOf({ exitCode, timedOut }: ExecResult, timeout: number): string {
  if (timedOut) return `stopped after ${Math.round(timeout / 1000)} s`;
  return exitCode === null ? "killed by a signal" : `exit ${exitCode}`;
}

async function shownOutput(result: ExecResult, sandbox: Sandbox, context: ToolContext): Promise<string> {
  const output = redact(stripVTControlCharacters(result.output));
  const tail = keepTail(output);
  if (output.trim() === "") return "[no output]";
  if (!tail.cut) return output.trimEnd();
  const file = `${KEPT_IN}/${context.callName}.log`;
  try {
    await sandbox.writeFile(file, output);
    return `[the last ${tail.shown} of ${tail.total} lines; all of them: ${file}]\n${tail.text.trimEnd()}`;
  } catch (error) {
    // A command may have put a link in the way; the end of the output is still worth showing.
    if (!(error instanceof TbError) || error.parks) throw error;
    return `[the last ${tail.shown} of ${tail.total} lines]\n${tail.text.trimEnd()}`;
  }
}

async function readGuarded(sandbox: Sandbox): Promise<Map<string, string>> {
  const names = (await sandbox.listFiles()).filter(isGuarded);
  return new Map(await Promise.all(names.map(async (name) => [name, await sandbox.readFile(name)] as const)));
}

/** Puts protected files back that the command changed, and says so. */
async function restoreGuarded(sandbox: Sandbox, guarded: Map<string, string>): Promise<string[]> {
  const restored: string[] = [];
  for (const [name, content] of guarded) {
    if ((await contentOf(sandbox, name)) === content) continue;
    await sandbox.writeFile(name, content);
    restored.push(`[${name} is protected and was put back as it was]`);
  }
  return restored;
}

async function contentOf(sandbox: Sandbox, name: string): Promise<string | null> {
  try {
    return await sandbox.readFile(name);
  } catch (error) {
    if (error instanceof TbError && !error.parks) return null;
    throw error;
  }
}
