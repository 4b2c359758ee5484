// An unknown command: what was meant, and exit 2. A program that asked for JSON gets it.
import type { Hook } from "@oclif/core/hooks";
import { EXIT_CODES, type ErrorJson } from "../errors.ts";
import { formatClosingLine, formatEnvelope } from "../ui/machine-output.ts";
import { nearest } from "../ui/nearest.ts";
import { formatError, writeMessage, writeResult } from "../ui/output.ts";

const hook: Hook.CommandNotFound = function hook({ id, argv, config }) {
  const typed = id.replaceAll(":", " ");
  const known = config.commandIDs.map((command) => command.replaceAll(":", " "));
  const guess = nearest(typed, known) ?? nearest(typed.split(" ")[0]!, known);
  const error: ErrorJson = {
    code: "usage",
    message: `There is no ${typed.startsWith("-") ? "flag" : "command"} "${typed}".${guess ? ` Did you mean "tb ${guess}"?` : ""}`,
    suggestion: guess ? `tb ${guess} --help` : "tb --help",
    retryable: false,
    details: null,
  };
  if (argv?.includes("--json")) {
    writeResult(formatEnvelope({ command: typed, data: null, error, durationMs: 0, runId: null }));
  } else writeMessage(formatError(error));
  if (argv?.includes("--events")) {
    writeResult(formatClosingLine({ type: "run.failed", error, result: null }, null));
  }
  process.exit(EXIT_CODES.usage);
};

export default hook;
