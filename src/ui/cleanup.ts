import type { CleanupItem, CleanupResult } from "../control/cleanup/cleanup.ts";
import { formatBytes } from "./bytes.ts";
import { countOf } from "./count.ts";
import { formatTime, wrap } from "./output.ts";

const MARKS: Record<CleanupItem["outcome"], string> = { planned: "-", done: "✔", in_use: "·", failed: "✖" };

export function formatCleanup({ outcome, items, bytes, parked, unknown }: CleanupResult): string {
  const blocks = [items.map(itemLines).join("\n")];
  if (parked.length > 0) {
    blocks.push(
      [
        `Kept for ${countOf(parked.length, "parked run")}:`,
        ...parked.flatMap(({ id, pipeline, project, since, holds }) => [
          `  ${id}  ${pipeline} ${project ?? ""}, ${formatTime(Date.parse(since) / 1000)}, holds ${holds}`,
          `    → tb resume ${id} or tb cancel ${id}`,
        ]),
      ].join("\n"),
    );
  }
  if (unknown.length > 0) {
    const lines = unknown.map(({ kind, name, reason }) => `  ${kind} ${name}\n    ${reason}`);
    blocks.push(["Not touched, because tb cannot tell whose it is:", ...lines].join("\n"));
  }
  blocks.push(closing(outcome, items, bytes));
  return blocks.filter(Boolean).join("\n\n");
}

function itemLines({ kind, name, action, reason, bytes, outcome, error }: CleanupItem): string {
  const size = bytes === null ? "" : `  ${formatBytes(bytes)}`;
  const verb = action === "archive" ? "archive " : "";
  const why = outcome === "in_use" ? "in use since, so it stays" : (error ?? reason);
  return [`  ${MARKS[outcome]} ${verb}${kind} ${name}${size}`, ...wrap(why, 74).map((line) => `      ${line}`)].join(
    "\n",
  );
}

function closing(outcome: CleanupResult["outcome"], items: CleanupItem[], bytes: number): string {
  if (outcome === "unchanged") return "There is nothing to clean up.";
  if (outcome === "planned") {
    return `${countOf(items.length, "thing")}, ${formatBytes(bytes)}; nothing was done.\n  → tb cleanup --yes`;
  }
  const done = items.filter((item) => item.outcome === "done");
  return `Cleaned up ${countOf(done.length, "thing")}, ${formatBytes(bytes)}.`;
}
