// `tb doctor`: whether tb can work on this machine. It starts nothing, makes nothing, and looks at everything even when
// most of it is broken.
import type { Adapters } from "../adapters/index.ts";
import type { IsolationFacts } from "../adapters/sandbox/sandbox.ts";
import { fallbackConfig, type Config } from "../config.ts";
import { checkCluster, checkPrograms, checkSchema } from "./databases.ts";
import { examine, type Diagnosis, type Found } from "./diagnosis.ts";
import { checkDisk, checkHome, checkSockets, countDependencies } from "./home.ts";
import { checkClock, checkGit, checkNode, checkOwner, checkPort } from "./machine.ts";
import { checkSecrets } from "./secrets.ts";
import { askRegistry, describeRegistry } from "./network.ts";

/** The data of `tb doctor`. */
export interface DoctorResult {
  /** `fit` also with warnings. */
  outcome: "fit" | "unfit";
  diagnoses: Diagnosis[];
  warnings: number;
  problems: number;
}

export interface DoctorInput {
  /** Throws what is wrong with the configuration. */
  readConfig: () => Config;
  selectAdapters: (config: Config) => Adapters;
}

/** Never throws. */
export async function diagnose({ readConfig, selectAdapters }: DoctorInput): Promise<DoctorResult> {
  let config = fallbackConfig();
  const configuration = await examine("configuration", "problem", async () => {
    config = readConfig();
    return "valid";
  });
  const { home } = config;
  const registry = askRegistry(config);
  const diagnoses = await Promise.all([
    examine("node", "problem", checkNode),
    examine("git", "problem", () => checkGit(config)),
    examine("npm", "problem", () => checkNpm(selectAdapters(config))),
    Promise.resolve(configuration),
    examine("owner", "warning", () => checkOwner(config)),
    examine("home", "problem", () => checkHome(home)),
    examine("disk", "warning", () => checkDisk(home)),
    examine("sockets", "warning", () => checkSockets(home)),
    examine("secrets", "problem", () => checkSecrets(config)),
    examine("postgres", "problem", () => checkPrograms(config)),
    examine("control", "problem", () => checkCluster(config, "control")),
    examine("projects", "problem", () => checkCluster(config, "projects")),
    examine("schema", "problem", () => checkSchema(config)),
    examine("sandbox", "problem", async () =>
      describeSandbox(await (await selectAdapters(config).sandbox()).describeIsolation()),
    ),
    examine("ports", "warning", checkPort),
    examine("registry", "warning", async () => describeRegistry(await registry, await countDependencies(home))),
    examine("clock", "warning", async () => checkClock((await registry).time)),
  ]);
  const count = (wanted: Diagnosis["status"]) => diagnoses.filter(({ status }) => status === wanted).length;
  const problems = count("problem");
  return { outcome: problems > 0 ? "unfit" : "fit", diagnoses, warnings: count("warning"), problems };
}

async function checkNpm(adapters: Adapters): Promise<Found> {
  const [missing] = await (await adapters.sandbox()).missing();
  return missing ? { status: "problem", message: missing.problem, fix: missing.remedy } : "there";
}

/** What keeps the code that a model wrote, and its dependencies, away from everything else. */
function describeSandbox({ isolation, reason, improvement }: IsolationFacts): Found {
  if (isolation !== "process") {
    const message = `commands and deployed backends of projects run in isolation (${isolation}): ${reason}`;
    return { status: "ok", message, fix: improvement };
  }
  const otherwise = "Run tb in a container or a virtual machine, or as a user of its own.";
  return {
    status: "warning",
    message: `Commands and deployed backends of projects run as plain processes with your rights: ${reason}. That keeps accidents in, not an attacker; only what the offline model or you wrote is run so.`,
    fix: improvement ?? otherwise,
  };
}
