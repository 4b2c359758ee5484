import { z } from "zod";
import { createGlob } from "../glob.ts";
import { keepHead } from "../output-limits.ts";
import { defineTool } from "./tool.ts";

export const listFiles = defineTool({
  name: "list_files",
  description: "List the project's files, one path a line, without node_modules, build output and git's own files.",
  schema: z.strictObject({
    pattern: z.string().max(200).optional().describe("Glob: server/**/*.ts, *.sql, tests/, server/{api,utils}/**"),
  }),
  effect: "read",
  summarize: ({ pattern }) => `list ${pattern || "all files"}`,

  async run({ pattern }, context) {
    const all = await (await context.sandbox()).listFiles();
    const files = pattern ? all.filter(createGlob(pattern)) : all;
    if (files.length === 0)
      return { text: pattern ? `No file fits ${pattern}.` : "There are no files.", failed: false, note: "0 files" };
    const part = keepHead(files.join("\n"));
    const rest = part.cut ? `\n[${part.shown} of ${part.total} files; give a narrower pattern]` : "";
    return { text: part.text + rest, failed: false, note: `${files.length} ${files.length === 1 ? "file" : "files"}` };
  },
});
