import type { Config } from "@oclif/core/interfaces";
import { EXIT_CODES, type ErrorJson } from "../errors.ts";
import { formatClosingLine, formatEnvelope } from "./machine-output.ts";
import { nearest } from "./nearest.ts";
import { formatError, writeMessage, writeResult } from "./output.ts";

/** Says that there is no such command and what may have been meant, and ends the process with exit 2. A program that asked
 * for JSON gets it. `id`: the words, joined by colons. */
export function leaveUnknownCommand(id: string, argv: readonly string[], config: Config): never {
  const typed = id.replaceAll(":", " ");
  const known = config.commands.filter(({ hidden }) => !hidden).map((command) => command.id.replaceAll(":", " "));
  const guess = nearest(typed, known) ?? nearest(typed.split(" ")[0]!, known);
  const error: ErrorJson = {
    code: "usage",
    message: `There is no ${typed.startsWith("-") ? "flag" : "command"} "${typed}".${guess ? ` Did you mean "tb ${guess}"?` : ""}`,
    suggestion: guess ? `tb ${guess} --help` : "tb --help",
    retryable: false,
    details: null,
  };
  if (argv.includes("--json")) {
    writeResult(formatEnvelope({ command: typed, data: null, error, durationMs: 0, runId: null }));
  } else writeMessage(formatError(error));
  if (argv.includes("--events")) {
    writeResult(formatClosingLine({ type: "run.failed", error, result: null }, null));
  }
  process.exit(EXIT_CODES.usage);
}
