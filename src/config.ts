// The only reader of process.env: reads everything once, reports all problems at once.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { TbError } from "./errors.ts";

export interface ClusterSettings {
  host: string;
  port: number;
  user: string;
  password: string;
}

export interface Config {
  /** tb's own folder: state, caches, sandboxes, deployments. Created when first needed, mode 0700. */
  readonly home: string;
  /** Connection string of a real control database; null = the embedded cluster. */
  readonly controlUrl: string | null;
  readonly controlSchema: string;
  /** A real server for the projects' databases; null = the embedded cluster. */
  readonly projectsCluster: ClusterSettings | null;
  readonly debug: boolean;
  /** Environment variables that tb hands on to the programs it starts (search path, proxies, certificates). */
  readonly passthrough: Readonly<Record<string, string>>;
}

const PASSED_ON = [
  "PATH",
  "LANG",
  "TZ",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "npm_config_registry",
  "NPM_CONFIG_REGISTRY",
];

/** Throws TbError "configuration" that lists every problem found. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const schema = env.PG_DB_SCHEMA || "tb";
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    problems.push(`PG_DB_SCHEMA must be a lower-case SQL name, not "${schema}".`);
  const controlUrl = env.PG_CONTROL_URL || null;
  if (controlUrl && !/^postgres(ql)?:\/\//.test(controlUrl))
    problems.push("PG_CONTROL_URL must start with postgres:// or postgresql://.");
  const projectsCluster = readCluster(env, problems);
  const home = resolve(env.TB_HOME || defaultHome(env));
  // Build tools write the path of a project into generated code without quoting these.
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/["\\\u0000-\u001f\u007f]/.test(home))
    problems.push(
      `TB_HOME must not contain quotation marks, backslashes or control characters: ${JSON.stringify(home)}.`,
    );
  if (problems.length > 0) {
    throw new TbError("configuration", problems.length === 1 ? problems[0]! : "The environment has several problems.", {
      ...(problems.length > 1 && { details: problems }),
      suggestion: "Correct or unset the variables named above.",
    });
  }
  return {
    home,
    controlUrl,
    controlSchema: schema,
    projectsCluster,
    debug: env.TB_DEBUG === "1",
    passthrough: Object.fromEntries(PASSED_ON.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
  };
}

function readCluster(env: NodeJS.ProcessEnv, problems: string[]): ClusterSettings | null {
  const { DB_CLUSTER_HOST: host, DB_CLUSTER_PORT: port, DB_CLUSTER_USER: user, DB_CLUSTER_PASSWORD: password } = env;
  if (!host && !port && !user && !password) return null;
  if (!host) problems.push("DB_CLUSTER_HOST is missing (other DB_CLUSTER_ variables are set).");
  if (!user) problems.push("DB_CLUSTER_USER is missing (DB_CLUSTER_HOST is set).");
  const number = Number(port || 5432);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    problems.push(`DB_CLUSTER_PORT must be a port number, not "${port}".`);
  return { host: host ?? "", port: number, user: user ?? "", password: password ?? "" };
}

/** The platform's data folder. */
function defaultHome(env: NodeJS.ProcessEnv): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "turbobackend");
  return join(env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "turbobackend");
}
