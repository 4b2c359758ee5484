import { z } from "zod";
import { keepHead, MAX_LINES, splitLines } from "../output-limits.ts";
import { projectPath } from "../project-path.ts";
import { missingFile } from "./missing-file.ts";
import { defineTool, pathArgument } from "./tool.ts";

export const readFile = defineTool({
  name: "read_file",
  description:
    "Read a text file of the project (or of an installed package in node_modules). Returns the text as it is, at most 2,000 " +
    "lines or 50 KB; a last line in brackets says how to go on. Read a file before you edit it.",
  schema: z.strictObject({
    path: pathArgument,
    offset: z.int().min(1).optional().describe("First line to read, counted from 1"),
    limit: z.int().min(1).max(MAX_LINES).optional().describe("How many lines to read"),
  }),
  effect: "read",
  summarize: ({ path }) => `read ${path}`,

  async run({ path, offset = 1, limit = MAX_LINES }, context) {
    const file = projectPath(path);
    if (file.toLowerCase() === ".env") {
      return { text: ".env holds values that are not shown. The variables' names are in .env.example.", failed: true };
    }
    const sandbox = await context.sandbox();
    const content = await missingFile(sandbox, file, () => sandbox.readFile(file));
    if (typeof content !== "string") return content;
    if (content.includes("\0")) return { text: `${file} is not a text file.`, failed: true };
    const lines = splitLines(content);
    if (lines.length === 0) return { text: "[the file is empty]", failed: false, note: "empty" };
    if (offset > lines.length)
      return { text: `${file} has ${lines.length} lines; offset ${offset} is after its end.`, failed: true };
    const part = keepHead(lines.slice(offset - 1).join("\n"), limit);
    const last = offset - 1 + part.shown;
    const note = `${part.shown} ${part.shown === 1 ? "line" : "lines"}`;
    if (offset === 1 && !part.cut) return { text: content, failed: false, note };
    const rest = last < lines.length ? `; go on with offset ${last + 1}` : part.cut ? "; the line is cut" : "";
    return { text: `${part.text}\n[lines ${offset}-${last} of ${lines.length}${rest}]`, failed: false, note };
  },
});
