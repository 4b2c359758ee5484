// What `tb init` says at the end.
import type { InitResult, InitStep } from "../init/init-machine.ts";
import { paint, width, wrap } from "./output.ts";

export function formatInit({ outcome, steps }: InitResult): string {
  const head = {
    initialised: "tb is ready.",
    unchanged: "tb was ready already; unchanged.",
    incomplete: "tb is not quite ready.",
  };
  return [
    ...steps.flatMap(stepLines),
    "",
    head[outcome],
    ...(outcome === "incomplete" ? [] : ['  → tb create "a todo API with users and tasks"']),
  ].join("\n");
}

function stepLines({ outcome, summary }: InitStep): string[] {
  return wrap(summary, width() - 4).map((line, i) => `  ${i === 0 ? mark(outcome) : " "} ${line}`);
}

function mark(outcome: InitStep["outcome"]): string {
  if (outcome === "failed") return paint("red", "✖", process.stdout);
  if (outcome === "done") return paint("green", "✔", process.stdout);
  return outcome === "skipped" ? "-" : "·";
}
