// The settings of `<TB_HOME>/config.json`: what there is, and how it is read. Secrets are never settings: they come from
// the environment. Written by `tb config` (config-file.ts).
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Setting {
  readonly key:
    | "user"
    | "control-schema"
    | "cluster-host"
    | "cluster-port"
    | "cluster-user"
    | "isolation"
    | "private-registry";
  readonly description: string;
  /** The environment variable that goes before the setting; null when there is none. */
  readonly variable: string | null;
  /** What is wrong with a value, as the end of "user …"; null when nothing is. */
  readonly problem: (value: string) => string | null;
}

export type SettingKey = Setting["key"];
export type Settings = Partial<Record<SettingKey, string>>;

export const SETTINGS: readonly Setting[] = [
  {
    key: "user",
    description: "Who you are: owner of what you make. Default: git's user.email, else your system's user.",
    variable: null,
    problem: (value) => (/^\S{1,200}$/.test(value) ? null : "must be a name or an e-mail address without spaces"),
  },
  {
    key: "control-schema",
    description: "Schema of tb's own tables in the control database. Default: tb.",
    variable: "PG_DB_SCHEMA",
    problem: (value) =>
      /^[a-z_][a-z0-9_]{0,62}$/.test(value) ? null : `must be a lower-case SQL name, not "${value}"`,
  },
  {
    key: "cluster-host",
    description: "Host of a Postgres server for the projects' databases. Default: the embedded one.",
    variable: "DB_CLUSTER_HOST",
    problem: (value) => (/^\S+$/.test(value) ? null : "must be a host name, an address or a socket's folder"),
  },
  {
    key: "cluster-port",
    description: "Its port. Default: 5432.",
    variable: "DB_CLUSTER_PORT",
    problem: (value) => (isPort(value) ? null : `must be a port number, not "${value}"`),
  },
  {
    key: "cluster-user",
    description: "Its administrator. The password is read from DB_CLUSTER_PASSWORD only.",
    variable: "DB_CLUSTER_USER",
    problem: (value) => (value.trim() ? null : "must not be empty"),
  },
  {
    key: "isolation",
    description: "container: run projects in containers of docker or podman. Default: auto, what works best here.",
    variable: null,
    problem: (value) => (/^(auto|container)$/.test(value) ? null : `must be auto or container, not "${value}"`),
  },
  {
    key: "private-registry",
    description: "yes: npm inside a sandbox may reach a registry in a private network. Default: no.",
    variable: null,
    problem: (value) => (/^(yes|no)$/.test(value) ? null : `must be yes or no, not "${value}"`),
  },
];

/** A home that is closed has more to say than its settings: whoever needs it says so. */
function mayEnter(home: string): boolean {
  try {
    accessSync(home, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isPort(value: string): boolean {
  const number = Number(value);
  return /^\d+$/.test(value) && number >= 1 && number <= 65_535;
}

export function settingsPath(home: string): string {
  return join(home, "config.json");
}

/** The settings of a home with everything that is wrong in them; a file that is not there has none. */
export function readSettings(home: string): { settings: Settings; problems: string[] } {
  const path = settingsPath(home);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR" || !mayEnter(home)) return { settings: {}, problems: [] };
    const reason = error instanceof SyntaxError ? "is not JSON" : `cannot be read (${code ?? String(error)})`;
    return { settings: {}, problems: [`${path} ${reason}.`] };
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    return { settings: {}, problems: [`${path} does not hold a JSON object.`] };
  }
  const known = new Map<string, Setting>(SETTINGS.map((setting) => [setting.key, setting]));
  const settings: Settings = {};
  const problems: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    const setting = known.get(key);
    if (!setting) problems.push(`${path} has a setting "${key}" that tb does not know.`);
    else if (typeof value !== "string") problems.push(`${path}: ${key} must be a text.`);
    else {
      const problem = setting.problem(value);
      if (problem) problems.push(`${path}: ${key} ${problem}.`);
      else settings[setting.key] = value;
    }
  }
  return { settings, problems };
}
