// The packages that new projects depend on, prepared before there is one.
import { prepareDependencies } from "../adapters/sandbox/dependency-cache.ts";
import type { Config } from "../config.ts";
import { TbError } from "../errors.ts";
import { templateManifests } from "../plan/base-project.ts";
import { sparingly } from "../ui/sparingly.ts";
import type { Done } from "./init-machine.ts";

/** Throws like `prepareDependencies`: TbError "transient" without a network, "configuration" without npm. */
export async function preparePackages(config: Config, say: (text: string) => void): Promise<Done> {
  let downloaded = false;
  for (const manifests of await templateManifests()) {
    try {
      const { cached } = await prepareDependencies(config, manifests, { onProgress: sparingly(say) });
      downloaded ||= !cached;
    } catch (error) {
      throw error instanceof TbError && error.code === "transient" ? later(error) : error;
    }
  }
  return { done: downloaded, summary: `The packages of new projects ${downloaded ? "were downloaded" : "are there"}.` };
}

/** There is no run to resume. */
function later(error: TbError): TbError {
  return new TbError("transient", error.message, {
    ...(error.details && { details: error.details }),
    suggestion:
      "tb init      again, once that is mended; what was downloaded is kept\ntb init --no-download      leaves them to the first tb create",
    cause: error,
  });
}
