import { z } from "zod";
import { TbError } from "../../errors.ts";
import type { Sandbox } from "../../adapters/sandbox/sandbox.ts";
import { lineEnding } from "../edit-match.ts";
import { splitLines } from "../output-limits.ts";
import { findPlaceholder } from "../placeholders.ts";
import { projectPath, protection } from "../project-path.ts";
import { defineTool, pathArgument } from "./tool.ts";

const MAX_CONTENT = 500_000;

export const writeFile = defineTool({
  name: "write_file",
  description:
    "Create a file, or replace all of its content. Folders are made as needed. Write the whole file: text that stands for " +
    "code left out is refused. For a small change of a file that is there, use edit_file.",
  schema: z.strictObject({
    path: pathArgument,
    content: z.string().max(MAX_CONTENT).describe("The whole content of the file"),
  }),
  effect: "write",
  summarize: ({ path }) => `write ${path}`,

  async run({ path, content }, context) {
    const file = projectPath(path);
    const reason = protection(file);
    if (reason) return { text: `${file} is protected: ${reason}`, failed: true };
    const sandbox = await context.sandbox();
    const before = await readIfThere(sandbox, file);
    const placeholder = findPlaceholder(content, before ?? "");
    if (placeholder) return { text: placeholderText(placeholder), failed: true };
    const after = before === null ? content : likeBefore(content, before);
    const count = splitLines(after).length;
    const note = `${count} ${count === 1 ? "line" : "lines"}`;
    if (after === before) return { text: `${file} has this content already.`, failed: false, note: "unchanged" };
    await sandbox.writeFile(file, after);
    return {
      text: `${before === null ? "Created" : "Replaced"} ${file} (${note}).`,
      failed: false,
      changed: [file],
      note,
    };
  },
});

export function placeholderText({ line, text }: { line: number; text: string }): string {
  return `Nothing was written: line ${line} stands for text that is left out (${JSON.stringify(text)}). Give the complete text.`;
}

async function readIfThere(sandbox: Sandbox, path: string): Promise<string | null> {
  try {
    return await sandbox.readFile(path);
  } catch (error) {
    if (error instanceof TbError && error.code === "not_found") return null;
    throw error;
  }
}

/** Models write line feeds only; a file keeps the line ends and the byte order mark that it had. */
function likeBefore(content: string, before: string): string {
  const ended = lineEnding(before) === "\r\n" ? content.replaceAll(/\r?\n/g, "\r\n") : content;
  return before.startsWith("\u{FEFF}") && !ended.startsWith("\u{FEFF}") ? `\u{FEFF}${ended}` : ended;
}
