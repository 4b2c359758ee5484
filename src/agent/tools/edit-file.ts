import { z } from "zod";
import { applyEdit } from "../edit-match.ts";
import { findPlaceholder } from "../placeholders.ts";
import { projectPath, protection } from "../project-path.ts";
import { missingFile } from "./missing-file.ts";
import { defineTool, pathArgument } from "./tool.ts";
import { placeholderText } from "./write-file.ts";

export const editFile = defineTool({
  name: "edit_file",
  description:
    "Replace one passage of a file. old_text must be copied from the file, with its white space, and be long enough to occur " +
    "only once (or set replace_all). Everything else in the file stays as it is.",
  schema: z.strictObject({
    path: pathArgument,
    old_text: z.string().min(1).max(100_000).describe("The passage as it stands in the file"),
    new_text: z.string().max(100_000).describe("What takes its place; empty to remove the passage"),
    replace_all: z.boolean().optional().describe("Replace every occurrence"),
  }),
  effect: "write",
  summarize: ({ path }) => `edit ${path}`,

  async run({ path, old_text, new_text, replace_all = false }, context) {
    const file = projectPath(path);
    const reason = protection(file);
    if (reason) return { text: `${file} is protected: ${reason}`, failed: true };
    const sandbox = await context.sandbox();
    const content = await missingFile(sandbox, file, () => sandbox.readFile(file));
    if (typeof content !== "string") return content;
    const placeholder = findPlaceholder(new_text, `${content}\n${old_text}`);
    if (placeholder) return { text: placeholderText(placeholder), failed: true };
    const edit = applyEdit(content, old_text, new_text, replace_all);
    if (!edit.done) return { text: `${file} was not changed: ${edit.reason}`, failed: true };
    if (edit.how === "already there") {
      const text = `${file} was not changed: new_text is already there, so this edit seems to have been made before. If another place is meant, give more of the lines around it.`;
      return { text, failed: false, note: "already there" };
    }
    await sandbox.writeFile(file, edit.content);
    const loosely =
      edit.how === "exact"
        ? ""
        : ` (old_text fitted only without regard to ${edit.how}; read the place again before you edit it further)`;
    const places = edit.count === 1 ? "1 place" : `${edit.count} places`;
    return { text: `Edited ${file} in ${places}${loosely}.`, failed: false, changed: [file], note: places };
  },
});
