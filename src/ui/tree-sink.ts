// Draws a run in a terminal as a listr2 tree on stderr: one line a phase, the running one with a spinner and what it does.
import { Listr, ListrLogger, ProcessOutput, type ListrTaskWrapper } from "listr2";
import type { RunEvent, RunSink } from "../pipeline/types.ts";
import { startOf } from "./line-sink.ts";
import { formatDuration, paint, width } from "./output.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- the renderer's type parameters do not matter here
type Task = ListrTaskWrapper<any, any, any>;

interface Row {
  started: PromiseWithResolvers<void>;
  settled: PromiseWithResolvers<void>;
  task?: Task;
  skipped?: string;
  since: number;
  title: string;
}

/** Only listens: phases do not know it exists. */
export function createTreeSink(): RunSink {
  const rows = new Map<string, Row>();
  let running: Row | undefined;
  let drawing: Promise<unknown> = Promise.resolve();

  function start(phases: { name: string; title: string }[]): void {
    for (const { name, title } of phases) {
      const row: Row = { started: Promise.withResolvers(), settled: Promise.withResolvers(), since: 0, title };
      row.settled.promise.catch(() => {}); // a row may fail before the list waits for it
      rows.set(name, row);
    }
    const list = new Listr(
      [...rows.values()].map((row) => ({ title: row.title, task: (_: unknown, task: Task) => show(row, task) })),
      {
        renderer: "default",
        rendererOptions: {
          logger: new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) }),
          formatOutput: "truncate",
          showErrorMessage: false,
          collapseErrors: false,
        },
        exitOnError: true,
        registerSignalListeners: false, // Ctrl-C parks the run, the tree must not exit
      },
    );
    drawing = list.run().catch(() => {}); // the error is the command's to print
  }

  async function show(row: Row, task: Task): Promise<void> {
    row.task = task;
    await row.started.promise;
    if (row.skipped !== undefined) {
      task.skip(row.skipped);
      return;
    }
    await row.settled.promise;
    task.title = row.title; // it may have finished before it was drawn
  }

  async function end(failed: boolean): Promise<void> {
    if (failed) running?.settled.reject(new Error("failed"));
    if (failed && !running) for (const row of rows.values()) row.settled.reject(new Error("failed"));
    for (const row of rows.values()) row.started.resolve();
    await drawing;
  }

  return async (event, repeat) => {
    if (event.type === "run.started") return start(event.phases);
    if (event.type === "run.finished") return end(false);
    if (event.type === "run.failed" || event.type === "run.parked") return end(true);
    if (!("phase" in event)) return;
    const row = rows.get(event.phase);
    if (!row) return;
    switch (event.type) {
      case "phase.started":
        running = row;
        row.since = startOf(event.at, repeat);
        row.started.resolve();
        break;
      case "phase.skipped":
        row.skipped = `${row.title}: ${event.reason}`;
        row.started.resolve();
        break;
      case "phase.finished":
        running = undefined;
        row.title = finishedTitle(event.summary ?? row.title, Math.max(0, Date.parse(event.at) - row.since), repeat);
        if (row.task) row.task.title = row.title;
        row.settled.resolve();
        break;
      case "phase.failed":
        row.settled.reject(new Error(event.error.message));
        running = undefined;
        break;
      default: {
        const text = progressText(event);
        if (text && row.task) row.task.output = text;
      }
    }
  };
}

function finishedTitle(text: string, ms: number, repeat: boolean): string {
  const time = repeat ? "done before" : formatDuration(ms);
  const gap = width() - 4 - text.length - time.length;
  return gap < 2 ? `${text}  ${paint("dim", time)}` : `${text}${" ".repeat(gap)}${paint("dim", time)}`;
}

/** What the running phase does now, or undefined for events that are not shown. */
export function progressText(event: RunEvent): string | undefined {
  switch (event.type) {
    case "progress":
    case "agent.message":
      return event.text;
    case "warning":
      return `⚠ ${event.text}`;
    case "tool.started":
      return event.summary;
    default:
      return undefined;
  }
}
