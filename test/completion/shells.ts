// Completes a command line in a real shell, as a key press does.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { Shell } from "../../src/completion/scripts.ts";
import { packageRoot } from "../../src/package-root.ts";

const run = promisify(execFile);

/** Prints what the completion function leaves in COMPREPLY; words are separated as readline does it. */
const BASH = `
eval "$(tb completion bash)"
complete -p tb >/dev/null || exit 1
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_tb
printf '%s\\n' "\${COMPREPLY[@]}"
`;

const FISH = `tb completion fish | source; complete -C $argv[1] | string split -f 1 \\t; true`;

/** An interactive zsh on a terminal of its own lists the candidates, each between marks. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'stty cols 300; autoload -Uz compinit; compinit -u -D; eval "$(tb completion zsh)"'
zpty -w z 'zstyle ":completion:*:default" list-colors "no=<M>" "fi=<M>" "lc=" "rc=" "ec=</M>"; LISTMAX=1000; bindkey "^I" list-choices'
zpty -w z 'leave() { exit }; comppostfuncs=(leave); print re""ady'
zpty -r z line '*ready*'
zpty -n -w z "$1"$'\\t'
while zpty -r z line; do print -rn -- "$line"; done
`;

/** Shells of this machine. */
export function installedShells(): Shell[] {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return (["bash", "zsh", "fish"] as const).filter((shell) =>
    folders.some((folder) => existsSync(join(folder, shell))),
  );
}

/** A folder for PATH with the built tb in it. */
export async function tbOnPath(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "tb-path-"));
  await symlink(join(packageRoot(), "bin/run.cjs"), join(folder, "tb"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The candidates for the last word of the line, sorted. `folder`: where tb is found and the home is. */
export async function completeIn(shell: Shell, line: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const output = await OUTPUT_OF[shell](line, { ...env, TERM: "xterm", HOME: "/nonexistent" });
  return [...new Set(output.filter(Boolean))].toSorted();
}

type Output = (line: string, env: NodeJS.ProcessEnv) => Promise<string[]>;

const OUTPUT_OF: Record<Shell, Output> = {
  bash: async (line, env) => {
    const words = line.split(/ |(=)/).filter((word) => word !== undefined);
    return lines((await run("bash", ["--norc", "-c", BASH, "bash", ...words], { env })).stdout);
  },
  fish: async (line, env) => lines((await run("fish", ["--no-config", "-c", FISH, line], { env })).stdout),
  zsh: async (line, env) => {
    const { stdout } = await run("zsh", ["-f", "-c", ZSH, "zsh", line], { env });
    return [...stdout.matchAll(/<M>(\S+).*?<\/M>/g)].map(([, word]) => word!);
  },
};

function lines(text: string): string[] {
  return text.split("\n");
}
