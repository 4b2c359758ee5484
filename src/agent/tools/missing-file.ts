import type { Sandbox } from "../../adapters/sandbox/sandbox.ts";
import { TbError } from "../../errors.ts";
import { nearest } from "../../ui/nearest.ts";
import type { ToolResult } from "./tool.ts";

/** Runs `work`; a file that is not there becomes a failed result that names the one probably meant. */
export async function missingFile<T>(sandbox: Sandbox, path: string, work: () => Promise<T>): Promise<T | ToolResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TbError && error.code === "not_found")) throw error;
    const guess = await similarFile(sandbox, path);
    return {
      text: `There is no file ${path}.${guess ? ` Did you mean ${guess}?` : " list_files shows what there is."}`,
      failed: true,
    };
  }
}

/** A file of the same name elsewhere, else the closest path. */
async function similarFile(sandbox: Sandbox, path: string): Promise<string | undefined> {
  const files = await sandbox.listFiles();
  const name = path.slice(path.lastIndexOf("/") + 1);
  const namesakes = files.filter((file) => file === name || file.endsWith(`/${name}`));
  return namesakes.length === 1 ? namesakes[0] : nearest(path, files);
}
