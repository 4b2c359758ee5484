// Whether there is a container engine that works, with the image that sandboxes run in. Nothing is fetched: that is the user's
// to decide.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Config } from "../../../config.ts";
import { TbError } from "../../../errors.ts";
import { reachableNode, type ReachableNode } from "../bubblewrap/reachable-node.ts";
import { nodeFolder } from "../sandbox-place.ts";
import { programOn, tryOut, type Found } from "../try-out.ts";
import { clientEnvironment, createContainerTier, IMAGE, type Engine } from "./container-tier.ts";

const ANSWERS_WITHIN = 10_000;
const BACK = "tb config unset isolation      isolate in another way";

/** Throws TbError "configuration" when it does not work: who asks for a container must not be given less. */
export async function findEngine(config: Config): Promise<Found> {
  if (process.platform !== "linux")
    throw refusal("containers are used on Linux only: elsewhere sockets do not reach them", null);
  const engine = await findProgram(config);
  const image = await ask(config, engine, ["image", "inspect", "--format", "{{.Id}}", IMAGE]);
  if (image === null) throw refusal(`${engine.name} has no image ${IMAGE}`, `${engine.name} pull ${IMAGE}`);
  const make = (of: Config) => createContainerTier(engine, of.passthrough, nodeOnce(of));
  const problem = await tryOut(make(config), ["node", "--version"]);
  if (problem !== null)
    throw refusal(`a container could not be run: ${problem}`, `${engine.name} run --rm ${IMAGE} node --version`);
  const reason = `${engine.name} runs them here, but tb was tested with a stand-in for it only`;
  return { make, reason, improvement: null };
}

async function findProgram(config: Config): Promise<Engine> {
  const path = config.passthrough.PATH ?? "/usr/bin:/bin";
  let answer: string | null = null;
  for (const name of ["docker", "podman"] as const) {
    const program = programOn(path, name);
    if (program === undefined) continue;
    const engine = { name, program, rootless: false };
    const format = name === "docker" ? "{{json .SecurityOptions}}" : "{{json .Host.Security}}";
    answer = await ask(config, engine, ["info", "--format", format]);
    if (answer !== null) return { ...engine, rootless: /rootless"?:true|name=rootless/.test(answer) };
  }
  throw refusal("no container engine answers", "Install and start docker or podman.");
}

/** null when it fails or does not answer. */
async function ask(config: Config, { program }: Engine, args: string[]): Promise<string | null> {
  try {
    const env = clientEnvironment(config.passthrough);
    return (await promisify(execFile)(program, args, { env, timeout: ANSWERS_WITHIN })).stdout;
  } catch {
    return null; // whoever asked says what that means
  }
}

function nodeOnce(config: Config): (forOther: boolean) => Promise<ReachableNode> {
  let node: Promise<ReachableNode> | undefined;
  return (forOther) => (node ??= reachableNode(forOther, () => nodeFolder(config)));
}

function refusal(why: string, remedy: string | null): TbError {
  return new TbError("configuration", `The settings ask for isolation in containers, but ${why}.`, {
    suggestion: [remedy, BACK].filter(Boolean).join("\n"),
  });
}
