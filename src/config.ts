// The only reader of process.env: reads everything once, environment before settings before defaults, and reports all
// problems at once.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { TbError } from "./errors.ts";
import { rememberSecret } from "./secrets/redactor.ts";
import { readSettings, SETTINGS, type SettingKey, type Settings } from "./settings.ts";

export interface ClusterSettings {
  host: string;
  port: number;
  user: string;
  password: string;
}

export interface Config {
  /** tb's own folder: state, caches, sandboxes, deployments. Created when first needed, mode 0700. */
  readonly home: string;
  /** Who asks, when the settings say it; null = found out when needed (owner.ts). */
  readonly user: string | null;
  /** Connection string of a real control database; null = the embedded cluster. */
  readonly controlUrl: string | null;
  readonly controlSchema: string;
  /** A real server for the projects' databases; null = the embedded cluster. */
  readonly projectsCluster: ClusterSettings | null;
  /** How commands of projects are kept away from everything else: as well as the machine can, or as it is asked for. */
  readonly isolation: "auto" | "container";
  /** Whether the npm registry may be in a private network, for npm inside a sandbox. */
  readonly privateRegistry: boolean;
  readonly debug: boolean;
  /** Whether a browser could be shown on this machine. */
  readonly hasDisplay: boolean;
  /** Environment variables that tb hands on to the programs it starts (search path, proxies, certificates). */
  readonly passthrough: Readonly<Record<string, string>>;
  readonly keyring: KeyringConfig;
}

interface KeyringConfig {
  /** Variables by which programs find the session of the user and its keyring. */
  readonly session: Readonly<Record<string, string>>;
  /** Whether a new key goes there. A folder that TB_HOME names keeps its key with it: it may be copied or thrown away. */
  readonly preferred: boolean;
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
  "PGSSLMODE",
  "DOCKER_HOST",
  "XDG_RUNTIME_DIR",
];

const SESSION = ["PATH", "HOME", "USER", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY"];

/** Names of variables whose values are secrets, tb's own and other programs'. */
const SECRET_NAME = /(^|_)(API_KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|TOKEN|PASSWORD|PASSWD|SECRET)$/i;

/** Throws TbError "configuration" that lists every problem found. The secrets among the variables leave this process nowhere
 * from then on (secrets/redactor.ts). */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  rememberSecrets(env);
  const home = readHome(env);
  const { settings, problems } = readSettings(home);
  const schema = choose("control-schema", env, settings, problems) ?? "tb";
  const controlUrl = env.PG_CONTROL_URL || null;
  if (controlUrl && !/^postgres(ql)?:\/\//.test(controlUrl))
    problems.push("PG_CONTROL_URL must start with postgres:// or postgresql://.");
  const projectsCluster = readCluster(env, settings, problems);
  // Build tools write the path of a project into generated code without quoting these.
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/["\\\u0000-\u001f\u007f]/.test(home))
    problems.push(
      `TB_HOME must not contain quotation marks, backslashes or control characters: ${JSON.stringify(home)}.`,
    );
  if (problems.length > 0) {
    throw new TbError(
      "configuration",
      problems.length === 1 ? problems[0]! : "The configuration has several problems.",
      {
        ...(problems.length > 1 && { details: problems }),
        suggestion: "Correct or unset what is named above.",
      },
    );
  }
  return {
    home,
    user: settings.user?.toLowerCase() ?? null,
    controlUrl,
    controlSchema: schema,
    projectsCluster,
    isolation: settings.isolation === "container" ? "container" : "auto",
    privateRegistry: settings["private-registry"] === "yes",
    debug: env.TB_DEBUG === "1",
    hasDisplay: process.platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME),
    passthrough: pick(env, PASSED_ON),
    keyring: { session: pick(env, SESSION), preferred: !env.TB_HOME },
  };
}

function rememberSecrets(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) if (value && SECRET_NAME.test(name)) rememberSecret(value);
  // Of an address only the password is a secret: the rest of it is told.
  for (const name of ["PG_CONTROL_URL", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) {
    const password = /^[a-z]+:\/\/[^/\s]*?:([^/\s]*)@/i.exec(env[name] ?? "")?.[1];
    if (password) for (const form of [password, unescaped(password)]) rememberSecret(form);
  }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded after all
  }
}

/** What can be said when the configuration is wrong: where tb's folder is, and nothing of servers. */
export function fallbackConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    home: readHome(env),
    user: null,
    controlUrl: null,
    controlSchema: "tb",
    projectsCluster: null,
    isolation: "auto",
    privateRegistry: false,
    debug: false,
    hasDisplay: false,
    passthrough: pick(env, PASSED_ON),
    keyring: { session: pick(env, SESSION), preferred: false },
  };
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** tb's folder, before anything else is read from it. */
export function readHome(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.TB_HOME || defaultHome(env));
}

/** Where the value of a setting that holds now comes from. */
export function settingInEffect(
  key: SettingKey,
  settings: Settings,
  env: NodeJS.ProcessEnv = process.env,
): { value: string; source: "environment" | "settings" } | null {
  const variable = SETTINGS.find((setting) => setting.key === key)?.variable;
  const given = variable ? env[variable] : undefined;
  if (given) return { value: given, source: "environment" };
  const value = settings[key];
  return value === undefined ? null : { value, source: "settings" };
}

/** The environment's value if there is one, else the setting's. */
function choose(key: SettingKey, env: NodeJS.ProcessEnv, settings: Settings, problems: string[]): string | undefined {
  const setting = SETTINGS.find((candidate) => candidate.key === key)!;
  const found = settingInEffect(key, settings, env);
  const problem = found?.source === "environment" ? setting.problem(found.value) : null; // settings were checked when read
  if (problem) problems.push(`${setting.variable} ${problem}.`);
  return found?.value;
}

function readCluster(env: NodeJS.ProcessEnv, settings: Settings, problems: string[]): ClusterSettings | null {
  const host = choose("cluster-host", env, settings, problems);
  const user = choose("cluster-user", env, settings, problems);
  const port = choose("cluster-port", env, settings, problems);
  const password = env.DB_CLUSTER_PASSWORD;
  if (!host && !port && !user && !password) return null;
  if (!host) problems.push("DB_CLUSTER_HOST is missing (other DB_CLUSTER_ variables are set).");
  if (!user) problems.push("DB_CLUSTER_USER is missing (DB_CLUSTER_HOST is set).");
  return { host: host ?? "", port: Number(port || 5432), user: user ?? "", password: password ?? "" };
}

/** The platform's data folder. */
function defaultHome(env: NodeJS.ProcessEnv): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "turbobackend");
  return join(env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "turbobackend");
}
