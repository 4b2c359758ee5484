// What could be typed next on a command line, from the commands' own definitions.
import type { Command } from "@oclif/core/command";

export interface Candidate {
  /** The whole word. */
  value: string;
  /** A few words about it; may be empty. */
  description: string;
}

export interface Completion {
  candidates: Candidate[];
  /** Whether names of files fit too. */
  files: boolean;
}

/** Values that depend on what there is. */
export type Known = "project" | "run" | "setting" | "deployment" | "backup";

/** Lists what there is; `given`: the arguments typed so far by name. */
export type Lookup = (
  known: Known,
  of: { command: string; given: Readonly<Record<string, string>> },
) => Promise<Candidate[]>;

/** As oclif has them. */
export interface Definitions {
  commands: readonly Command.Loadable[];
  topics: readonly { name: string; description?: string | undefined }[];
}

type Flag = Command.Flag.Any;

/** Arguments and flags whose values are known. Names to be typed by hand as a confirmation are not among them. */
const KNOWN: Readonly<Record<string, Known>> = {
  project: "project",
  what: "project",
  run: "run",
  setting: "setting",
  deployment: "deployment",
  to: "deployment",
  backup: "backup",
};

const NOTHING: Completion = { candidates: [], files: false };
const HELP: Candidate = { value: "--help", description: "Show help." };
const VERSION: Candidate = { value: "--version", description: "Show the version." };

/** `words`: what follows `tb`, the last one as far as it is typed. */
export async function complete(
  words: readonly string[],
  { commands, topics }: Definitions,
  lookup: Lookup,
): Promise<Completion> {
  const [typed, before] = [words.at(-1) ?? "", words.slice(0, -1)];
  const visible = commands.filter(({ hidden }) => !hidden);
  const { command, rest } = findCommand(before, visible);
  const next = nextWords(before, { commands: visible, topics }, typed);
  const { candidates, files } = command ? await completeCommand(command, rest, typed, lookup) : NOTHING;
  const all = command && typed.startsWith("-") ? candidates : [...candidates, ...next];
  return { candidates: all.filter(({ value }) => value.startsWith(typed)), files };
}

/** The command that the words begin with, and what follows it. */
function findCommand(
  words: readonly string[],
  commands: readonly Command.Loadable[],
): { command?: Command.Loadable; rest: readonly string[] } {
  for (let length = words.length; length > 0; length--) {
    const id = words.slice(0, length).join(":");
    const command = commands.find((candidate) => candidate.id === id);
    if (command) return { command, rest: words.slice(length) };
  }
  return { rest: words };
}

/** Commands and topics below what is typed. */
function nextWords(before: readonly string[], { commands, topics }: Definitions, typed: string): Candidate[] {
  if (typed.startsWith("-")) return before.length === 0 ? [HELP, VERSION] : [HELP];
  const found = new Map<string, string>();
  for (const { id, summary } of commands) {
    const parts = id.split(":");
    if (parts.length <= before.length || before.some((word, i) => word !== parts[i])) continue;
    const word = parts[before.length]!;
    const isCommand = parts.length === before.length + 1;
    const topic = topics.find(({ name }) => name === parts.slice(0, before.length + 1).join(":"));
    if (isCommand || !found.has(word)) found.set(word, (isCommand ? summary : topic?.description) ?? "");
  }
  return [...found].map(([value, description]) => ({ value, description }));
}

async function completeCommand(
  command: Command.Loadable,
  rest: readonly string[],
  typed: string,
  lookup: Lookup,
): Promise<Completion> {
  const { given, used, expecting, onlyArguments } = readWords(command, rest);
  const look = (known: Known) => lookup(known, { command: command.id, given });
  if (expecting) return withPrefix(listPrefix(expecting, typed), await valuesOf(expecting, look));
  const assigned = onlyArguments ? null : /^--([^=]+)=/.exec(typed);
  if (assigned) {
    const flag = command.flags[assigned[1]!];
    if (flag?.type !== "option") return NOTHING;
    const value = typed.slice(assigned[0].length);
    return withPrefix(`${assigned[0]}${listPrefix(flag, value)}`, await valuesOf(flag, look));
  }
  if (typed.startsWith("-") && !onlyArguments) return nothingBut(flagsOf(command, used));
  const argument = Object.values(command.args)[Object.keys(given).length];
  return argument ? valuesOf(argument, look) : nothingBut(typed === "" ? flagsOf(command, used) : []);
}

/** What stands already of a list with delimiters: "a,b," of "a,b,c". */
function listPrefix(flag: Flag, typed: string): string {
  const { delimiter } = flag as { delimiter?: string };
  return delimiter ? typed.slice(0, typed.lastIndexOf(delimiter) + 1) : "";
}

function withPrefix(prefix: string, { candidates, files }: Completion): Completion {
  return { candidates: candidates.map((each) => ({ ...each, value: `${prefix}${each.value}` })), files };
}

interface Typed {
  given: Record<string, string>;
  used: Set<string>;
  /** The flag whose value is typed now. */
  expecting: Flag | undefined;
  /** After `--`. */
  onlyArguments: boolean;
}

function readWords(command: Command.Loadable, words: readonly string[]): Typed {
  const names = Object.keys(command.args);
  const result: Typed = { given: {}, used: new Set(), expecting: undefined, onlyArguments: false };
  for (const word of words) {
    if (result.expecting) result.expecting = undefined;
    else if (result.onlyArguments || !word.startsWith("-") || word === "-") {
      const name = names[Object.keys(result.given).length];
      if (name) result.given[name] = word;
    } else if (word === "--") result.onlyArguments = true;
    else {
      const flag = findFlag(command, word);
      if (!flag) continue;
      result.used.add(flag.name);
      if (flag.type === "option" && !word.includes("=")) result.expecting = flag;
    }
  }
  return result;
}

function findFlag(command: Command.Loadable, word: string): Flag | undefined {
  const name = word.replace(/^--?(no-)?/, "").replace(/=.*$/s, "");
  return Object.values(command.flags).find((flag) =>
    word.startsWith("--") ? flag.name === name || word === `--${flag.name}` : flag.char === name,
  );
}

async function valuesOf(
  part: Flag | Command.Arg.Any,
  look: (known: Known) => Promise<Candidate[]>,
): Promise<Completion> {
  const { options } = part as { options?: readonly string[] };
  if (options) return nothingBut(options.map((value) => ({ value, description: "" })));
  const known = KNOWN[part.name];
  const candidates = known ? await look(known) : [];
  return { candidates, files: isFile(part) };
}

function isFile(part: Flag | Command.Arg.Any): boolean {
  const { helpValue } = part as { helpValue?: string | string[] };
  return part.name === "file" || /^(FILE|DIR|FOLDER|PATH)$/.test(String(helpValue ?? ""));
}

/** Flags that may still be given. */
function flagsOf(command: Command.Loadable, used: ReadonlySet<string>): Candidate[] {
  const flags = Object.values(command.flags).filter(
    (flag) =>
      !flag.hidden &&
      (!used.has(flag.name) || (flag.type === "option" && flag.multiple)) &&
      !flag.exclusive?.some((other) => used.has(other)),
  );
  return [
    ...flags.flatMap((flag) => {
      const candidate = { value: `--${flag.name}`, description: flag.summary ?? flag.description ?? "" };
      const opposite = { value: `--no-${flag.name}`, description: `The opposite of --${flag.name}.` };
      return flag.type === "boolean" && flag.allowNo ? [candidate, opposite] : [candidate];
    }),
    HELP,
  ];
}

function nothingBut(candidates: Candidate[]): Completion {
  return { candidates, files: false };
}
