// The tools a model is given, in the order it sees them.
import type { ToolSpec } from "../../adapters/model/model.ts";
import { deleteFile } from "./delete-file.ts";
import { editFile } from "./edit-file.ts";
import { finish } from "./finish.ts";
import { listFiles } from "./list-files.ts";
import { queryDatabase } from "./query-database.ts";
import { readFile } from "./read-file.ts";
import { runCommand } from "./run-command.ts";
import { toToolSpec, type Tool } from "./tool.ts";
import { writeFile } from "./write-file.ts";

export const AGENT_TOOLS: readonly Tool[] = [
  readFile,
  writeFile,
  editFile,
  deleteFile,
  listFiles,
  runCommand,
  queryDatabase,
  finish,
];

/** The same, as a model call takes them. */
export function agentToolSpecs(): ToolSpec[] {
  return AGENT_TOOLS.map(toToolSpec);
}
