// The commands as the table of outcomes tries them. PROJECT, RUN and PLAN stand for a name, an id and a plan file, NEW for a
// name that is free.

export interface Row {
  args: readonly string[];
  /** What it is called with when its required arguments or its consent are left out; null when it needs neither. */
  bare: readonly string[] | null;
  /** It runs until it is stopped, which is done when it has printed this. */
  until: string | null;
  /** Builds a project, so it is not tried everywhere when time matters. */
  long: boolean;
  /** Says what others of these say in no other way, to people and on a full disk, so it is not tried there when time
   * matters. */
  alike: boolean;
}

type Options = { bare?: string; until?: string; long?: boolean; alike?: boolean };

function row(command: string, { bare, until, long, alike }: Options = {}): Row {
  return {
    args: words(command),
    bare: bare ? words(bare) : null,
    until: until ?? null,
    long: long ?? false,
    alike: alike ?? false,
  };
}

/** Every command, harmless where there is a harmless way. What leaves something behind that others list comes late; the last
 * ones stop the databases and start them again. */
export const ROWS: readonly Row[] = [
  row("overview"),
  row('create "notes(title)" --plan', { bare: "create" }),
  row("status PROJECT", { bare: "status" }),
  row("deploy PROJECT", { bare: "deploy" }),
  row("open PROJECT --print", { bare: "open", alike: true }),
  row("logs PROJECT", { bare: "logs" }),
  row("logs PROJECT --follow --lines 1", { until: "health" }),
  row("activity PROJECT"),
  row("activity PROJECT --export ndjson", { alike: true }),
  row("destroy PROJECT", { bare: "destroy", alike: true }),
  row("projects list"),
  row("projects show PROJECT", { bare: "projects show" }),
  row("projects rename PROJECT todo-api", { bare: "projects rename", alike: true }),
  row("runs list"),
  row("runs show RUN", { bare: "runs show" }),
  row("runs watch RUN", { bare: "runs watch", alike: true }),
  row("resume RUN", { bare: "resume", alike: true }),
  row("cancel RUN", { bare: "cancel", alike: true }),
  row("cleanup --dry-run", { bare: "cleanup" }),
  row("config list"),
  row("config get user", { bare: "config get", alike: true }),
  row("config set control-schema tb", { bare: "config set" }),
  row("config unset control-schema", { bare: "config unset", alike: true }),
  row("db status"),
  row("db migrate", { alike: true }),
  row("db check"),
  row("db stats"),
  row("db env PROJECT", { bare: "db env", alike: true }),
  row("db backup PROJECT"),
  row("db restore PROJECT latest", { bare: "db restore", alike: true }),
  row("doctor"),
  row("secrets move file", { bare: "secrets move" }),
  row("init --no-download", { alike: true }),
  row("completion bash", { bare: "completion", alike: true }),
  row("verify PROJECT", { bare: "verify", long: true }),
  row("dev PROJECT", { bare: "dev", until: "http://", long: true }),
  row('create "notes(title)" --name NEW-a --no-deploy', { long: true }),
  row("apply PLAN --name NEW-b --no-deploy", { bare: "apply", long: true, alike: true }),
  row("db stop"),
  row("db start"),
];

function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}
