import { z } from "zod";
import { projectPath, protection } from "../project-path.ts";
import { missingFile } from "./missing-file.ts";
import { defineTool, pathArgument } from "./tool.ts";

export const deleteFile = defineTool({
  name: "delete_file",
  description: "Delete a file of the project.",
  schema: z.strictObject({ path: pathArgument }),
  effect: "write",
  summarize: ({ path }) => `delete ${path}`,

  async run({ path }, context) {
    const file = projectPath(path);
    const reason = protection(file);
    if (reason) return { text: `${file} is protected: ${reason}`, failed: true };
    const sandbox = await context.sandbox();
    const missing = await missingFile(sandbox, file, () => sandbox.deleteFile(file));
    // Not a failure: the file is as gone as it was asked to be, also when this call is made again after a crash.
    if (missing) return { text: `Nothing to delete. ${missing.text}`, failed: false, note: "was not there" };
    return { text: `Deleted ${file}.`, failed: false, changed: [file] };
  },
});
