// An unknown command: what was meant, and exit 2. The envelope is written too when JSON was asked for.
import type { Hook } from "@oclif/core/hooks";
import { EXIT_CODES, type ErrorJson } from "../errors.ts";
import { nearest } from "../ui/nearest.ts";
import { formatError, writeMessage, writeResult } from "../ui/output.ts";

const hook: Hook.CommandNotFound = function hook({ id, argv, config }) {
  const typed = id.replaceAll(":", " ");
  const known = config.commandIDs.map((command) => command.replaceAll(":", " "));
  const guess = nearest(typed, known) ?? nearest(typed.split(" ")[0]!, known);
  const error: ErrorJson = {
    code: "usage",
    message: `There is no command "${typed}".${guess ? ` Did you mean "tb ${guess}"?` : ""}`,
    suggestion: guess ? `tb ${guess} --help` : "tb --help",
    retryable: false,
  };
  if (argv?.includes("--json")) {
    const metadata = { command: typed, schema_version: 1, duration_ms: 0, run_id: null };
    writeResult(JSON.stringify({ ok: false, data: null, error, metadata }, null, 2));
  } else writeMessage(formatError(error));
  process.exit(EXIT_CODES.usage);
};

export default hook;
