// What `tb dev` prints for people.
import type { DevItem, DevMigration, DevReady } from "../dev/dev-item.ts";
import { saidByApp } from "./log-line.ts";
import { paint } from "./output.ts";

export function formatDevItem(item: DevItem, project: string): string {
  switch (item.type) {
    case "ready":
      return formatReady(item);
    case "reload":
      return item.ok
        ? paint("dim", `↻ reloaded (built in ${item.build_ms} ms)`, process.stdout)
        : paint("red", "✖ not reloaded; save the file again once it is mended", process.stdout);
    case "migration":
      return formatMigration(item, project);
    case "log":
    default:
      return saidByApp(item.line);
  }
}

function formatReady({ url, ok, folder, database }: DevReady): string {
  return [
    "",
    ...(ok ? [] : [`  ${paint("red", "✖", process.stdout)} The code could not be built; save it once it is mended.`]),
    `  Serving   ${url}      docs: ${url}/docs`,
    `  Code      ${folder}`,
    ...(database ? [`  Database  ${database}`] : []),
    "  What you save is served at once. Ctrl-C stops.",
    "",
  ].join("\n");
}

function formatMigration({ ok, applied, error }: DevMigration, project: string): string {
  const done = applied.map((name) => `${paint("green", "✔", process.stdout)} applied ${name}`);
  if (ok) return done.join("\n");
  const hint = /changed after it was applied/.test(error ?? "")
    ? [`  → tb dev ${project} --fresh      makes the development database anew`]
    : [];
  const lines = (error ?? "").split("\n").map((line) => `  ${line}`);
  return [...done, `${paint("red", "✖", process.stdout)} A migration was not applied:`, ...lines, ...hint].join("\n");
}
