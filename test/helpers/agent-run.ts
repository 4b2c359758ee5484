// An agent's surroundings without the rest of a pipeline: a real control database, sandbox and git directory, a model
// that answers by a script, and a Run whose steps are remembered as the engine remembers them.
import type { Connection } from "../../src/adapters/database-cluster/database-cluster.ts";
import { createLocalGitHost } from "../../src/adapters/git-host/local-git-host.ts";
import { selectAdapters } from "../../src/adapters/index.ts";
import type { Model, ModelAnswer, ModelCall, ToolCall } from "../../src/adapters/model/model.ts";
import { createLocalSandboxProvider } from "../../src/adapters/sandbox/local-sandbox.ts";
import type { AgentSession } from "../../src/agent/agent-loop.ts";
import { createCopyQuery } from "../../src/agent/sql/query-copy.ts";
import { openControl, type Control } from "../../src/control/database.ts";
import { insertRun } from "../../src/control/runs.ts";
import { newId } from "../../src/ids.ts";
import type { PhaseEvent, Run } from "../../src/pipeline/types.ts";
import { redactJson } from "../../src/secrets/redactor.ts";
import { readyScratch } from "./homes.ts";

export type Script = (call: ModelCall, signal: AbortSignal) => ModelAnswer | Promise<ModelAnswer>;

export interface AgentRun {
  runId: string;
  control: Control;
  session: AgentSession;
  /** Everything the model was sent, call by call. */
  calls: ModelCall[];
  events: PhaseEvent[];
  /** Another attempt of the same run, as another process makes it; `die` names a step whose result is not remembered. */
  attempt(script: Script, options?: { die?: string; abort?: AbortController }): Run;
  files(): Promise<string[]>;
}

export interface AgentWorld {
  newRun(): Promise<AgentRun>;
  stop(): Promise<void>;
}

export class ProcessDied extends Error {}

export async function createAgentWorld(): Promise<AgentWorld> {
  const { config, remove } = await readyScratch();
  const control = await openControl(config);
  const provider = createLocalSandboxProvider(config);
  const gitHost = createLocalGitHost(config);
  const sandboxes: string[] = [];

  async function newRun(): Promise<AgentRun> {
    const [runId, projectId] = [newId("run"), newId("prj")];
    await insertRun(control, {
      runId,
      pipeline: "create",
      ownerId: "someone",
      projectId,
      requestId: null,
      modificationId: null,
      input: {},
      version: "0",
    });
    sandboxes.push(runId);
    const sandbox = await provider.create(runId);
    await sandbox.writeFile("package.json", '{ "type": "module" }\n');
    const ref = { projectId, workTree: await sandbox.workTree(), ref: `runs/${runId}` };
    await gitHost.saveTree(ref);
    const { host, port, user, password, database } = control.pool.options; // any database will do
    const connection = { host, port, user, password, database } as Connection;
    const session: AgentSession = {
      sandbox: async () => sandbox,
      query: createCopyQuery({ id: runId, control }, { projectId, connection }),
      settled: async () => {},
      discardCopy: async () => {},
      saveTree: () => gitHost.saveTree(ref),
      restoreTree: async () => void (await gitHost.restoreTree(ref)),
    };
    const [calls, events, remembered] = [[] as ModelCall[], [] as PhaseEvent[], new Map<string, string>()];

    function attempt(
      script: Script,
      { die, abort = new AbortController() }: { die?: string; abort?: AbortController } = {},
    ): Run {
      const model: Model = {
        name: "scripted",
        provider: "test",
        trusted: false,
        async complete(call, signal) {
          calls.push(structuredClone(call));
          return script(call, signal);
        },
      };
      return {
        id: runId,
        adapters: { ...selectAdapters(config), model: async () => model },
        control,
        signal: abort.signal,
        async step<T>(name: string, work: () => Promise<T>): Promise<T> {
          if (!remembered.has(name)) {
            const result = JSON.stringify(await work());
            if (name === die) throw new ProcessDied(name);
            remembered.set(name, result);
          }
          return JSON.parse(remembered.get(name)!) as T;
        },
        async emit(event) {
          events.push(redactJson(event)); // as everything that an engine's run says
        },
      };
    }

    return { runId, control, session, calls, events, attempt, files: () => sandbox.listFiles() };
  }

  return {
    newRun,
    async stop() {
      for (const id of sandboxes) await provider.destroy(id);
      await control.close();
      await remove();
    },
  };
}

let calls = 0;
export function call(name: string, args: unknown): ToolCall {
  return { id: `call_${++calls}`, name, arguments: args };
}

export function answer(text: string, toolCalls: ToolCall[] = [], more: Partial<ModelAnswer> = {}): ModelAnswer {
  const finish = toolCalls.length > 0 ? "tool_calls" : "stop";
  return { text, toolCalls, data: null, finish, usage: { input: 100, cached: 40, output: 10, usd: 0.01 }, ...more };
}

/** Answers in turn; being asked once more than that is an error. */
export function inTurn(...answers: ModelAnswer[]): Script {
  const left = [...answers];
  return () => {
    const next = left.shift();
    if (!next) throw new Error("The script has ended.");
    return next;
  };
}
