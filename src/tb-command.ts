// Base of every command: envelope, exit codes, errors, adapters, Ctrl-C. A command returns a value and prints nothing.
import { Command } from "@oclif/core/command";
import * as Flags from "@oclif/core/flags";
import type { Arg, Input, OutputArgs, OutputFlags, ParserOutput } from "@oclif/core/interfaces";
import { selectAdapters, type Adapters } from "./adapters/index.ts";
import { readConfig, type Config } from "./config.ts";
import type { Control } from "./control/control.ts";
import { EXIT_CODES, TbError, toErrorJson, type ErrorCode, type ErrorJson } from "./errors.ts";
import { foreseenError } from "./foreseen-error.ts";
import type { EngineDeps } from "./pipeline/engine.ts";
import { withResumeHint } from "./pipeline/resume-hint.ts";
import type { RunSink } from "./pipeline/types.ts";
import { leaveIfUnread, whileWorking } from "./ui/closed-pipe.ts";
import { formatClosingLine, formatEnvelope, type Ending } from "./ui/machine-output.ts";
import { formatError, showCursor, writeChunk, writeMessage, writeResult } from "./ui/output.ts";
import { toUsageError } from "./ui/usage-error.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const CLOSING: ReadonlySet<string> = new Set(["run.finished", "run.parked", "run.failed"]);

/** What a service needs of the command that calls it: a run, followed in the foreground until it ends or parks. */
export interface Runner {
  follow<T>(runId: string, work: (deps: EngineDeps) => Promise<T>): Promise<T>;
}

/** `Data`: what a command returns. `Item`: what it streams, if it does. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the schemas in docs are made from it
export abstract class TbCommand<Data, Item extends object = object> extends Command {
  static override baseFlags = {
    json: Flags.boolean({ description: "Print one JSON object with the result.", helpGroup: "GLOBAL" }),
    events: Flags.boolean({
      description: "Print what happens as lines of JSON, the last one with the result.",
      exclusive: ["json"],
      helpGroup: "GLOBAL",
    }),
    quiet: Flags.boolean({ char: "q", description: "Print no progress, only the result.", helpGroup: "GLOBAL" }),
  };

  /** Errors that are part of this command's work, beyond those that any command may meet; shown in its help. */
  static exitCodes: readonly ErrorCode[] = [];

  private readonly startedAt = Date.now(); // loading the performance clock costs more than its precision is worth
  private configuration: Config | undefined;
  private chosenAdapters: Adapters | undefined;
  private openedControl: Promise<Control> | undefined;
  private foundOwner: Promise<string> | undefined;
  /** Set by commands that start or continue a run. */
  protected runId: string | null = null;
  /** The run in the foreground; aborting it parks it. */
  private following: AbortController | undefined;
  /** Set when the run has told its closing event. */
  private ended = false;
  /** Set when items or events have been the output, so that no result follows them on stdout. */
  protected streaming = false;
  private stopping: AbortController | undefined;
  private quiet = false;
  private conclusion: TbError | undefined;

  /** Set by a command whose text is to show a secret that the user has asked for. */
  protected reveals = false;

  abstract override run(): Promise<Data>;

  /** The result as people read it. */
  protected abstract format(data: Data): string;

  override async _run<T>(): Promise<T> {
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
    try {
      const data = await whileWorking(() => this.run());
      await this.closeAll();
      leaveIfUnread();
      if (this.stopping?.signal.aborted) process.exitCode = EXIT_CODES.interrupted;
      this.writeData(data);
      if (this.conclusion) this.reportConclusion(this.conclusion);
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

  private writeData(data: Data): void {
    const error = this.conclusion ? toErrorJson(this.conclusion) : null;
    if (this.has("--events")) {
      if (!this.ended)
        this.tellEnd(error ? { type: "run.failed", error, result: data } : { type: "run.finished", result: data });
    } else if (!this.streaming) {
      const text = this.jsonEnabled() ? this.envelope(data, error) : this.format(data);
      if (text) writeResult(text, { reveal: this.reveals && !this.jsonEnabled() });
    }
  }

  /** For a command that has done its work and found what should not be: its data is printed, then this error, whose code
   * decides how the command ends. */
  protected conclude(error: TbError): void {
    this.conclusion = error;
  }

  private reportConclusion(error: TbError): void {
    process.exitCode = EXIT_CODES[error.code];
    if (!this.jsonEnabled()) writeMessage(formatError(toErrorJson(error)));
  }

  /** Asks for required arguments that are missing, when somebody is there to answer. */
  protected override async parse<F extends OutputFlags<any>, B extends OutputFlags<any>, A extends OutputArgs<any>>(
    options?: Input<F, B, A>,
    argv = this.argv,
  ): Promise<ParserOutput<F, B, A>> {
    this.quiet = this.has("--quiet") || this.has("-q"); // also when the rest cannot be parsed
    try {
      const parsed = await super.parse(options, argv);
      this.quiet = parsed.flags.quiet === true;
      return parsed;
    } catch (error) {
      const missing = missingArguments(error);
      if (missing.length === 0 || !this.canAsk()) throw error;
      const { askArguments } = await import("./ui/ask-arguments.ts");
      const answers = await askArguments(missing, { control: () => this.control(), owner: () => this.owner() });
      return super.parse(options, [...argv, ...(argv.includes("--") ? [] : ["--"]), ...answers]);
    }
  }

  /** The first Ctrl-C parks the run that is followed, or ends what runs until it is stopped; any other stops at once. */
  private readonly onSignal = (): void => {
    if (this.stopping && !this.stopping.signal.aborted) {
      this.stopping.abort();
      return;
    }
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
    return this.has("--json");
  }

  /** Whether the flag was given; also true when the command line could not be parsed. */
  private has(flag: string): boolean {
    const end = this.argv.indexOf("--");
    return (end === -1 ? this.argv : this.argv.slice(0, end)).includes(flag);
  }

  /** Whether somebody is there to answer: a terminal for both question and answer, and no output meant for a program. */
  protected canAsk(): boolean {
    const forProgram = this.jsonEnabled() || this.has("--events") || this.quiet;
    return process.stdin.isTTY && process.stderr.isTTY && !forProgram;
  }

  /** For commands that run until they are stopped: the first Ctrl-C or SIGTERM aborts this signal and nothing else.
   * The command returns then, and ends with exit code 130; a second signal ends it at once. */
  protected stopSignal(): AbortSignal {
    return (this.stopping ??= new AbortController()).signal;
  }

  /** Prints one item of a stream: the text for people, a line of JSON with --json, an event with --events. Resolves when
   * the reader has room for more; ends the process quietly when there is no reader any more. */
  protected async writeItem(item: Item, text: string): Promise<void> {
    this.streaming = true;
    if (this.has("--events")) await this.writeRaw(`${JSON.stringify({ type: "item", item })}\n`);
    else await this.writeRaw(this.jsonEnabled() ? `${JSON.stringify(item)}\n` : `${text}\n`);
  }

  /** Prints a part of a stream as it is. Resolves and ends like `writeItem`. */
  protected async writeRaw(chunk: string | Uint8Array): Promise<void> {
    this.streaming = true;
    await writeChunk(chunk);
  }

  /** Says on stderr what takes a while, in commands that are no run. */
  protected progress(text: string): void {
    if (!this.quiet && !this.jsonEnabled() && !this.has("--events")) writeMessage(text);
  }

  protected get tbConfig(): Config {
    return (this.configuration ??= readConfig());
  }

  protected get adapters(): Adapters {
    return (this.chosenAdapters ??= selectAdapters(this.tbConfig));
  }

  /** The control database, started, migrated and connected on first use. */
  protected control(): Promise<Control> {
    void this.owner(); // nearly every command needs both, and finding out takes as long as connecting
    return (this.openedControl ??= openControl(this.tbConfig));
  }

  /** Who asks: the setting `user`, else git's user.email, else the system's user (product.md, "Words"). */
  protected owner(): Promise<string> {
    return (this.foundOwner ??= findOwner(this.tbConfig));
  }

  /** Follows runs in the foreground: progress to the terminal (or events to stdout), Ctrl-C parks the run, a second one
   * stops at once. */
  protected runner(): Runner {
    return { follow: (runId, work) => this.follow(runId, work) };
  }

  private async follow<T>(runId: string, work: (deps: EngineDeps) => Promise<T>): Promise<T> {
    const control = await this.control();
    const stop = new AbortController();
    this.following = stop;
    try {
      this.runId = runId;
      const sinks = [...(await this.chooseSink()), this.noteEnd];
      const { findPipeline } = await import("./pipeline/pipelines.ts");
      const unsafeNoSandbox = this.has("--unsafe-no-sandbox");
      return await work({
        control,
        adapters: this.adapters,
        signal: stop.signal,
        sinks,
        findPipeline,
        unsafeNoSandbox,
      });
    } finally {
      this.following = undefined;
    }
  }

  /** How progress is shown: as events, as a drawing in a terminal, as lines, or not at all. */
  private async chooseSink(): Promise<RunSink[]> {
    if (this.has("--events")) return [(await import("./ui/event-sink.ts")).createEventSink()];
    if (this.quiet) return [];
    if (process.stderr.isTTY && !this.jsonEnabled()) return [(await import("./ui/tree-sink.ts")).createTreeSink()];
    return [(await import("./ui/line-sink.ts")).createLineSink()];
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
    if (this.has("--events") && !this.ended) {
      // The stream still ends in exactly one closing event when the run could not even start, or not end in order.
      const type = this.runId !== null && error instanceof TbError && error.parks ? "run.parked" : "run.failed";
      this.tellEnd({ type, error: json, result: null });
    }
    writeMessage(formatError(json));
    if (error instanceof Error && (this.configuration?.debug ?? false)) writeMessage(error.stack ?? "");
  }

  /** The closing event of a stream that the engine did not close. */
  private tellEnd(ending: Ending): void {
    writeResult(formatClosingLine(ending, this.runId));
  }

  private envelope(data: Data | null, error: ErrorJson | null): string {
    const command = this.id?.replaceAll(":", " ") ?? "";
    const answer = { command, data, error, durationMs: Date.now() - this.startedAt, runId: this.runId };
    return formatEnvelope(answer, this.streaming);
  }
}

async function findOwner(config: Config): Promise<string> {
  if (config.user !== null) return config.user;
  const { findOwner } = await import("./owner.ts");
  return findOwner();
}

async function openControl(config: Config): Promise<Control> {
  const { openControl } = await import("./control/database.ts");
  return openControl(config);
}

/** The arguments that oclif's parser found missing. */
function missingArguments(error: unknown): Arg<unknown>[] {
  if (!(error instanceof Error) || error.constructor.name !== "RequiredArgsError") return [];
  return (error as Error & { args: Arg<unknown>[] }).args;
}

/** oclif asks for help by throwing its exit error with code 0. */
function isHelpRequest(error: unknown): boolean {
  return (error as { oclif?: { exit?: number } }).oclif?.exit === 0;
}
