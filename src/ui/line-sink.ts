// A run without a terminal: the lines of the tree, once each, without control characters.
import type { RunSink } from "../pipeline/types.ts";
import { formatDuration, paint, width, writeMessage } from "./output.ts";

export function createLineSink(): RunSink {
  const titles = new Map<string, string>();
  const since = new Map<string, number>();
  let running: string | undefined;

  return (event, repeat) => {
    switch (event.type) {
      case "run.started":
        for (const { name, title } of event.phases) titles.set(name, title);
        break;
      case "phase.started":
        running = event.phase;
        since.set(event.phase, startOf(event.at, repeat));
        break;
      case "phase.finished": {
        running = undefined;
        const time = repeat
          ? "done before"
          : formatDuration(Math.max(0, Date.parse(event.at) - since.get(event.phase)!));
        line(paint("green", "✔"), event.summary ?? titles.get(event.phase)!, time);
        break;
      }
      case "phase.skipped":
        line("-", `${titles.get(event.phase)}: ${event.reason}`);
        break;
      case "phase.failed":
        running = undefined;
        line(paint("red", "✖"), titles.get(event.phase)!);
        break;
      case "warning":
        line(paint("yellow", "⚠"), event.text);
        break;
      case "run.parked":
      case "run.failed":
        if (running) line(paint("red", "✖"), titles.get(running)!);
        break;
      default:
    }
  };
}

/** When a phase began, in milliseconds; one that was begun before counts from now on. */
export function startOf(at: string, repeat: boolean): number {
  return repeat ? Date.now() : Date.parse(at);
}

function line(mark: string, text: string, right = ""): void {
  const gap = width() - 2 - text.length - right.length;
  writeMessage(`${mark} ${right ? `${text}${" ".repeat(Math.max(gap, 2))}${right}` : text}`);
}
