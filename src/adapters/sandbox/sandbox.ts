// Port: a place where a project's working tree lives and its commands run.
import type { Prerequisite } from "../prerequisite.ts";
import type { Connection } from "../database-cluster/database-cluster.ts";
import type { Leftover } from "../leftover.ts";

export type Isolation = "process" | "bubblewrap" | "seatbelt" | "container" | "remote";

export interface IsolationFacts {
  isolation: Isolation;
  /** Half a sentence: "bubblewrap is not installed". */
  reason: string;
  /** What would give more, as commands; null = nothing would. */
  improvement: string | null;
}

export interface SandboxProvider {
  readonly name: "local" | "daytona";
  /** What keeps commands away from everything else here, and why it is not more. */
  describeIsolation(): Promise<IsolationFacts>;
  /** What this machine lacks for sandboxes to work; makes nothing. */
  missing(): Promise<Prerequisite[]>;
  /** Creates the sandbox, or opens it when it is already there. The id is deterministic and safe as a file name. */
  create(id: string): Promise<Sandbox>;
  /** Opens an existing sandbox. Throws TbError "not_found". */
  attach(id: string): Promise<Sandbox>;
  /** Kills what runs in it and removes it. Removing what is not there is fine. */
  destroy(id: string): Promise<void>;
  /** The sandboxes of this installation that are there. */
  list(): Promise<StoredSandbox[]>;
  /** Prepared dependencies that sandboxes are given; none where the provider keeps none. */
  listDependencies(): Promise<StoredDependencies[]>;
  /** Removes them, unless a sandbox was given them since `listDependencies`. They are prepared anew when they are needed. */
  forgetDependencies(key: string): Promise<boolean>;
  leftovers(): Promise<Leftover[]>;
}

export interface StoredSandbox {
  id: string;
  bytes: number;
  changedAt: Date;
}

export interface StoredDependencies {
  key: string;
  bytes: number;
  /** When a sandbox was last given them. */
  usedAt: Date;
}

/** Pairs of role and database. */
export type Databases = readonly [Connection, ...Connection[]];

/** Where commands of the sandbox find databases, while it is open. */
export interface DatabaseDoor {
  host: string;
  port: number;
  close(): Promise<void>;
}

export interface ExecOptions {
  signal?: AbortSignal | undefined;
  /** Added to the scrubbed environment; never put on a command line. */
  env?: Record<string, string> | undefined;
  /** What the command may use of a database server, all of one: DB_HOST and DB_PORT are set to where it is found there. */
  databases?: Databases | undefined;
  /** Lets npm reach the registry: the user's own, whatever the tree's .npmrc says. */
  registry?: boolean;
  /** Milliseconds; the whole process group is killed then. Default 120,000. */
  timeout?: number;
  /** Called with output as it comes. */
  onOutput?: (chunk: string) => void;
}

export interface ExecResult {
  /** null when killed by a signal or the timeout. */
  exitCode: number | null;
  timedOut: boolean;
  stdout: string;
  stderr: string;
  /** stdout and stderr as they came, the last 1 MiB. */
  output: string;
  durationMs: number;
  /** What it asked of the network, in order. */
  connections: RegistryConnection[];
}

export interface RegistryConnection {
  /** Name and port. */
  host: string;
  /** Why it was not let through; null when it was. */
  refused: string | null;
  /** Bytes. */
  sent: number;
  received: number;
}

/** A server started in the sandbox; it listens on a Unix socket that tb can reach. */
export interface SandboxServer {
  readonly socketPath: string;
  /** Everything it printed so far, the last 1 MiB, without secrets. */
  output(): string;
  /** Whether it has printed a secret. */
  hasToldSecrets(): boolean;
  /** Set once it has ended. */
  readonly exited: Promise<{ exitCode: number | null }>;
  /** SIGKILL to its group; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Paths are relative to the working tree, with forward slashes; one that leaves the tree throws TbError "usage". */
export interface Sandbox {
  readonly id: string;
  readonly provider: SandboxProvider["name"];
  readonly isolation: Isolation;
  exec(command: readonly [string, ...string[]], options?: ExecOptions): Promise<ExecResult>;
  /** Starts a server with NITRO_UNIX_SOCKET set to a fresh socket; does not wait until it listens. */
  serve(
    command: readonly [string, ...string[]],
    options?: Pick<ExecOptions, "env" | "databases">,
  ): Promise<SandboxServer>;
  /** Lets every command use these databases until it is closed, or until this process ends. Each session waits until they
   * are `ready`. */
  openDatabases(databases: Databases, ready?: () => Promise<unknown>): Promise<DatabaseDoor>;
  /** Where that is, always the same, so that a file may name it. */
  readonly databaseAddress: { host: string; port: number };
  /** How many sessions of commands the database server has broken off or left without an answer, so far. What failed
   * meanwhile may not be the fault of what was run. */
  brokenSessions(): number;
  /** How many commands and servers were killed so far that had done nothing wrong: by the system, when memory ran out, or by
   * tb, when the disk did. Not those that tb has stopped for what they did. */
  killedPrograms(): number;
  /** Whether so little is free on the disk of the sandbox that what fails may do so for want of room. */
  isDiskNearlyFull(): boolean;
  readFile(path: string): Promise<string>;
  writeFile(path: string, content: string): Promise<void>;
  deleteFile(path: string): Promise<void>;
  /** Files of the tree, sorted; without node_modules, .output, .nitro and .git. */
  listFiles(): Promise<string[]>;
  /** Marks of files, by path, that are others as soon as anybody has written to them: of the tree, of what was built
   * (`.output`), or of the dependencies (where the sandbox can change them). */
  stamps(of: "tree" | "build" | "dependencies"): Promise<ReadonlyMap<string, string>>;
  /** A folder on this machine that holds the current tree (the local sandbox's own folder), for git and archives. */
  workTree(): Promise<string>;
  /** Lets a program of tb's own (git) write into that folder; what it wrote is the sandbox's then, to be changed there. */
  fillTree(fill: (folder: string) => Promise<void>): Promise<void>;
  /** Puts the prepared dependencies of the tree's lockfile in place; installs them first if no one has. */
  installDependencies(options: InstallOptions): Promise<{ cached: boolean }>;
  /** The same, unless what is in place is still exactly that. */
  restoreDependencies(options: Omit<InstallOptions, "warmUp">): Promise<void>;
}

export interface InstallOptions {
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
  /** Commands that use the packages. They are run once for packages that were just prepared, and what Node compiles then
   * is kept for every sandbox that is given the same packages. Only for a tree that nobody but tb has written. */
  warmUp?: readonly (readonly [string, ...string[]])[];
}
