// Base of every command: envelope, exit codes, errors, adapters, Ctrl-C. A command returns a value and prints nothing.
import { Command } from "@oclif/core/command";
import * as Flags from "@oclif/core/flags";
import { selectAdapters, type Adapters } from "./adapters/index.ts";
import { readConfig, type Config } from "./config.ts";
import type { Control } from "./control/control.ts";
import { EXIT_CODES, TbError, toErrorJson, type ErrorJson } from "./errors.ts";
import { foreseenError } from "./foreseen-error.ts";
import type { EngineDeps } from "./pipeline/engine.ts";
import { withResumeHint } from "./pipeline/resume-hint.ts";
import type { RunSink } from "./pipeline/types.ts";
import { leaveIfUnread, whileWorking } from "./ui/closed-pipe.ts";
import { formatError, showCursor, writeMessage, writeResult } from "./ui/output.ts";
import { toUsageError } from "./ui/usage-error.ts";

const SCHEMA_VERSION = 1;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const CLOSING: ReadonlySet<string> = new Set(["run.finished", "run.parked", "run.failed"]);

/** What a service needs of the command that calls it: a run, followed in the foreground until it ends or parks. */
export interface Runner {
  follow<T>(runId: string, work: (deps: EngineDeps) => Promise<T>): Promise<T>;
}

export abstract class TbCommand<Data> extends Command {
  static override baseFlags = {
    json: Flags.boolean({ description: "Print one JSON object with the result.", helpGroup: "GLOBAL" }),
  };

  private readonly startedAt = performance.now();
  private configuration: Config | undefined;
  private chosenAdapters: Adapters | undefined;
  private openedControl: Promise<Control> | undefined;
  /** Set by commands that start or continue a run. */
  protected runId: string | null = null;
  /** The run in the foreground; aborting it parks it. */
  private following: AbortController | undefined;
  /** Set when the run has told its closing event. */
  private ended = false;
  /** Set when events have been the output, so that nothing else is printed on stdout. */
  protected outputDone = false;

  abstract override run(): Promise<Data>;

  /** The result as people read it. */
  protected abstract format(data: Data): string;

  override async _run<T>(): Promise<T> {
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
    try {
      const data = await whileWorking(() => this.run());
      await this.closeAll();
      leaveIfUnread();
      if (this.outputDone && !this.ended) this.tellEnd({ type: "run.finished", result: data }); // it had ended before
      if (!this.outputDone) writeResult(this.jsonEnabled() ? this.envelope(data, null) : this.format(data));
      return data as unknown as T;
    } catch (error) {
      await this.closeAll();
      if (isHelpRequest(error)) throw error;
      this.report(toUsageError(error, this.ctor));
      leaveIfUnread();
      return undefined as T;
    } finally {
      for (const signal of SIGNALS) process.off(signal, this.onSignal);
    }
  }

  /** The first Ctrl-C parks the run that is followed; the second one, or one without a run, stops at once. */
  private readonly onSignal = (): void => {
    if (this.following && !this.following.signal.aborted) {
      this.following.abort(new TbError("interrupted", "Interrupted. Nothing is lost: the run is kept as it is."));
      return;
    }
    if (process.stderr.isTTY) showCursor();
    this.report(
      this.following && this.runId
        ? withResumeHint(new TbError("interrupted", "Stopped at once. The run is kept as far as it came."), this.runId)
        : new TbError("interrupted", "Interrupted."),
    );
    process.exit(EXIT_CODES.interrupted);
  };

  override jsonEnabled(): boolean {
    const end = this.argv.indexOf("--");
    return (end === -1 ? this.argv : this.argv.slice(0, end)).includes("--json");
  }

  protected get tbConfig(): Config {
    return (this.configuration ??= readConfig());
  }

  protected get adapters(): Adapters {
    return (this.chosenAdapters ??= selectAdapters(this.tbConfig));
  }

  /** The control database, started, migrated and connected on first use. */
  protected control(): Promise<Control> {
    return (this.openedControl ??= openControl(this.tbConfig));
  }

  /** Who asks: git's user.email, else the system's user (product.md, "Words"). */
  protected async owner(): Promise<string> {
    const { findOwner } = await import("./owner.ts");
    return findOwner();
  }

  /** Follows runs in the foreground: progress to the terminal (or events to stdout), Ctrl-C parks the run, a second one
   * stops at once. */
  protected runner(flags: { events: boolean }): Runner {
    return { follow: (runId, work) => this.follow(flags, runId, work) };
  }

  private async follow<T>(
    flags: { events: boolean },
    runId: string,
    work: (deps: EngineDeps) => Promise<T>,
  ): Promise<T> {
    const control = await this.control();
    const stop = new AbortController();
    this.following = stop;
    try {
      this.runId = runId;
      this.outputDone = flags.events;
      const sinks = [await chooseSink(flags.events, this.jsonEnabled()), this.noteEnd];
      const { findPipeline } = await import("./pipeline/pipelines.ts");
      return await work({ control, adapters: this.adapters, signal: stop.signal, sinks, findPipeline });
    } finally {
      this.following = undefined;
    }
  }

  private readonly noteEnd: RunSink = ({ type }) => {
    if (CLOSING.has(type)) this.ended = true;
  };

  private async closeAll(): Promise<void> {
    // Closing must not hide the result or the error that is about to be told.
    if (this.openedControl) await this.openedControl.then((control) => control.close()).catch(() => {});
    if (this.chosenAdapters) await this.chosenAdapters.close().catch(() => {});
  }

  private report(error: unknown): void {
    const json = toErrorJson(foreseenError(error) ?? error);
    process.exitCode = EXIT_CODES[json.code];
    if (this.jsonEnabled()) return writeResult(this.envelope(null, json));
    if (this.argv.includes("--events") && !this.ended) {
      // The stream still ends in exactly one closing event when the run could not even start, or not end in order.
      const type = this.runId !== null && error instanceof TbError && error.parks ? "run.parked" : "run.failed";
      this.tellEnd({ type, error: json });
    }
    writeMessage(formatError(json));
    if (error instanceof Error && (this.configuration?.debug ?? false)) writeMessage(error.stack ?? "");
  }

  /** The closing event of a stream that the engine did not close. */
  private tellEnd(event: { type: string; result?: Data; error?: ErrorJson }): void {
    writeResult(JSON.stringify({ ...event, runId: this.runId, seq: 0, at: new Date().toISOString() }));
  }

  private envelope(data: Data | null, error: ErrorJson | null): string {
    const metadata = {
      command: this.id?.replaceAll(":", " ") ?? "",
      schema_version: SCHEMA_VERSION,
      duration_ms: Math.round(performance.now() - this.startedAt),
      run_id: this.runId,
    };
    return JSON.stringify({ ok: error === null, data, error, metadata }, null, 2);
  }
}

export const eventsFlag = Flags.boolean({
  description: "Print the run's events as lines of JSON.",
  exclusive: ["json"],
  helpGroup: "GLOBAL",
});

async function openControl(config: Config): Promise<Control> {
  const { openControl } = await import("./control/database.ts");
  return openControl(config);
}

async function chooseSink(events: boolean, json: boolean): Promise<RunSink> {
  if (events) return (await import("./ui/event-sink.ts")).createEventSink();
  if (process.stderr.isTTY && !json) return (await import("./ui/tree-sink.ts")).createTreeSink();
  return (await import("./ui/line-sink.ts")).createLineSink();
}

/** oclif asks for help by throwing its exit error with code 0. */
function isHelpRequest(error: unknown): boolean {
  return (error as { oclif?: { exit?: number } }).oclif?.exit === 0;
}
