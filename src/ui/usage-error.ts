// oclif's parse errors as our own usage errors, with "did you mean".
import type { Command } from "@oclif/core/command";
import { TbError } from "../errors.ts";
import { nearest } from "./nearest.ts";

/** Any other error is returned as it is. */
export function toUsageError(error: unknown, command: typeof Command): unknown {
  if (!(error instanceof Error) || error instanceof TbError) return error;
  const { oclif, flags, args } = error as { oclif?: { exit?: number }; flags?: string[]; args?: string[] };
  if (oclif?.exit !== 2) return error;
  const [message = "Wrong usage."] = error.message.replace(/\n?See more help with --help/, "").split("\nUSAGE");
  const known = Object.keys({ ...command.flags, ...command.baseFlags, help: true }).map((name) => `--${name}`);
  const unknown = error.constructor.name === "NonExistentFlagsError" ? flags : undefined;
  const guesses = unknown?.map((flag) => nearest(flag, known)).filter((guess) => guess !== undefined) ?? [];
  const missing = error.constructor.name === "RequiredArgsError" ? describeMissing(error) : null;
  const wrong = error.constructor.name === "FlagInvalidOptionError" ? describeOption(message) : null;
  guesses.push(...(wrong?.guesses ?? []));
  const help = `tb ${(command.id ?? "").replaceAll(":", " ")} --help`;
  return new TbError("usage", missing?.message ?? wrong?.message ?? tidy(message, args), {
    ...(missing && { details: missing.details }),
    suggestion: guesses.length > 0 ? `Did you mean ${guesses.join(", ")}?\n${help}` : help,
    cause: error,
  });
}

/** "PROJECT is missing.", and what each missing argument is. */
function describeMissing(error: Error): { message: string; details: string[] } {
  const { args } = error as Error & { args: { name: string; description?: string }[] };
  const names = args.map(({ name }) => name.toUpperCase());
  return {
    message: `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} missing.`,
    details: args.map(({ name, description }) => `${name.toUpperCase()}  ${description ?? ""}`),
  };
}

/** "--type does not take "deploy".", what it takes, and what was probably meant. */
function describeOption(said: string): { message: string; guesses: string[] } | null {
  const [, flag, value = "", list = ""] = /^Expected (--[\w-]+)=(.*) to be one of: (.*)$/s.exec(said.trim()) ?? [];
  if (!flag) return null;
  const options = list.split(", ");
  const guess = nearest(value, options) ?? (value ? options.find((option) => option.includes(value)) : undefined);
  return {
    message: `${flag} does not take "${value}". It takes: ${list}.`,
    guesses: guess ? [guess] : [],
  };
}

function tidy(message: string, args: string[] | undefined): string {
  const text = message
    .replaceAll("Nonexistent flag", "Unknown flag")
    .replace(/^The following error occurred:\n\s*/, "")
    .replace(/^Parsing (--\S+)\s*\n\s*/, "$1: ")
    .trim();
  return text.startsWith("Unexpected argument") && args
    ? `${text}. A request of several words goes into quotes.`
    : text;
}
