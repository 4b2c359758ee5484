// The tools the agent is offered: their names and arguments are a contract between the prompt, the loop and every model.
import type { ToolSpec } from "../adapters/model/model.ts";

type Properties = Record<string, { type: "string" | "integer" | "boolean"; description: string; minimum?: number }>;

export const AGENT_TOOLS: readonly ToolSpec[] = [
  tool("read_file", "Read a text file of the project.", {
    path: { type: "string", description: "Path relative to the project's root" },
    "offset?": { type: "integer", minimum: 1, description: "First line to read, counted from 1" },
    "limit?": { type: "integer", minimum: 1, description: "How many lines to read; at most 2000" },
  }),
  tool("write_file", "Create a file, or replace all of it. Folders are made as needed.", {
    path: { type: "string", description: "Path relative to the project's root" },
    content: { type: "string", description: "The whole content; never a placeholder for code that is left out" },
  }),
  tool(
    "edit_file",
    "Replace one passage of a file. The old text must occur exactly once, unless replace_all is true.",
    {
      path: { type: "string", description: "Path relative to the project's root" },
      old_text: { type: "string", description: "The passage as it stands in the file, with its whitespace" },
      new_text: { type: "string", description: "What takes its place" },
      "replace_all?": { type: "boolean", description: "Replace every occurrence" },
    },
  ),
  tool("delete_file", "Delete a file of the project.", {
    path: { type: "string", description: "Path relative to the project's root" },
  }),
  tool("list_files", "List the project's files, without node_modules and build output.", {
    "pattern?": { type: "string", description: "Glob such as server/**/*.ts" },
  }),
  tool("run_command", "Run a shell command in the project's root. There is no network but the package registry.", {
    command: { type: "string", description: "For example: npm run types" },
  }),
  tool("query_database", "Run one SQL statement against the development database, a copy that is thrown away.", {
    sql: { type: "string", description: "One statement" },
  }),
  tool(
    "finish",
    "Say that the work is done. It is then verified: types, build, every endpoint, tests. Failures come back here.",
    {
      summary: { type: "string", description: "One or two sentences about what was built" },
    },
  ),
];

/** A tool whose arguments are `properties`; a name ending in ? is optional. */
function tool(name: string, description: string, properties: Properties): ToolSpec {
  const names = Object.keys(properties);
  return {
    name,
    description,
    parameters: {
      type: "object",
      additionalProperties: false,
      required: names.filter((key) => !key.endsWith("?")),
      properties: Object.fromEntries(names.map((key) => [key.replace(/\?$/, ""), properties[key]])),
    },
  };
}
