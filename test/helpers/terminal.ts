// tb in a terminal of its own (util-linux's `script`), typed at like a person does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { identify, untilGone, type ProcessIdentity } from "../../src/processes/process-identity.ts";

const BIN = new URL("../../bin/run.cjs", import.meta.url).pathname;

export interface Terminal {
  /** Resolves when the text has been shown, looking only at what came after the last one that was waited for. */
  shows: (text: string) => Promise<void>;
  type: (keys: string) => void;
  /** Closes the terminal, as closing its window does, and resolves when what ran in it has ended. */
  hangUp: () => Promise<void>;
  /** Everything shown, without control characters and as it came, and the exit code, when tb has ended. */
  ended: () => Promise<{ code: number | null; screen: string; raw: string }>;
}

// Node shows no colours where one of these says so, and a machine that runs tests sets some of them.
const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, NODE_DISABLE_COLORS: ____, ...PERSON } = process.env;

export const ENTER = "\r";
export const CTRL_C = "\u0003";

export function openTerminal(
  home: string,
  args: string[],
  env: Record<string, string> = {},
  { columns = 80, cwd = process.cwd() } = {},
): Terminal {
  const command = [process.execPath, BIN, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const child = spawn(
    "script",
    ["--quiet", "--return", "--command", `stty cols ${columns}; exec ${command}`, "/dev/null"],
    {
      env: { ...PERSON, TB_HOME: home, TERM: "xterm", ...env },
      cwd,
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  let [screen, seen] = ["", 0];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (screen += chunk));
  const closed = once(child, "close");
  return {
    async shows(text) {
      while (!stripVTControlCharacters(screen).slice(seen).includes(text)) {
        const ended = await Promise.race([closed.then(() => true), once(child.stdout, "data").then(() => false)]);
        if (ended) throw new Error(`tb ended without showing "${text}":\n${stripVTControlCharacters(screen)}`);
      }
      const plain = stripVTControlCharacters(screen);
      seen = plain.indexOf(text, seen) + text.length;
    },
    type: (keys) => void child.stdin.write(keys),
    async hangUp() {
      const inside = await childrenOf(child.pid!);
      child.kill("SIGKILL"); // it holds the terminal's other end
      await Promise.all([closed, ...inside.map(gone)]);
    },
    async ended() {
      await closed;
      return { code: child.exitCode, screen: stripVTControlCharacters(screen).replaceAll("\r", ""), raw: screen };
    },
  };
}

async function childrenOf(pid: number): Promise<ProcessIdentity[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.split(" ").flatMap((child) => identify(Number(child)) ?? []);
}

async function gone(inside: ProcessIdentity): Promise<void> {
  while (!(await untilGone(inside)));
}
