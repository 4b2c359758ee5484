import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../../src/adapters/model/model.ts";
import { runAgent } from "../../src/agent/agent-loop.ts";
import { listAgentTurns, sumCost } from "../../src/control/turns.ts";
import { TbError } from "../../src/errors.ts";
import {
  answer,
  call,
  createAgentWorld,
  inTurn,
  ProcessDied,
  type Script,
  type AgentRun,
  type AgentWorld,
} from "../helpers/agent-run.ts";

const OPENING = { system: "You build backends.", messages: [{ role: "user", text: "Build it." } as Message] };
const LIMITS = { turns: 20, minutes: 5, usd: 5 };

let world: AgentWorld;
beforeAll(async () => {
  world = await createAgentWorld();
});
afterAll(() => world.stop());

function finish() {
  return call("finish", { summary: "Done." });
}

function write(path: string, content: string) {
  return call("write_file", { path, content });
}

/** Writes a file in `count` turns, then finishes. */
function writing(count: number): Script {
  return inTurn(
    ...Array.from({ length: count }, (_, i) => answer("", [write("a.txt", `${i}\n`)])),
    answer("", [finish()]),
  );
}

async function limitOf(run: AgentRun, limits: typeof LIMITS): Promise<TbError> {
  try {
    await runAgent(run.attempt(writing(9)), run.session, OPENING, limits, 1);
  } catch (error) {
    if (error instanceof TbError) return error;
    throw error;
  }
  throw new Error("No limit was reached.");
}

/** Two turns whose repetition would show, then finish. */
function telling(): Script {
  return inTurn(
    answer("", [write("list.txt", "a\n")]),
    answer("", [
      call("edit_file", { path: "list.txt", old_text: "a\n", new_text: "a\nb\n" }),
      call("run_command", { command: "echo once >> log.txt" }),
    ]),
    answer("", [finish()]),
  );
}

async function content(run: AgentRun, path: string): Promise<string> {
  return (await run.session.sandbox()).readFile(path);
}

describe("limits", () => {
  test("park the run at the last turn, and a resumed run gets a fresh allowance", async () => {
    const run = await world.newRun();
    const error = await limitOf(run, { ...LIMITS, turns: 3 });
    expect(error).toMatchObject({ code: "limit_reached", parks: true });
    expect(error.suggestion).toContain(`tb resume ${run.runId}`);
    expect(run.calls).toHaveLength(3);
    const outcome = await runAgent(run.attempt(writing(1)), run.session, OPENING, { ...LIMITS, turns: 3 }, 1);
    expect(outcome).toMatchObject({ state: "finished", turn: 5 });
  });

  test("hold for money before it is spent", async () => {
    const run = await world.newRun();
    const error = await limitOf(run, { ...LIMITS, usd: 0.025 });
    expect(error.message).toContain("$0.02");
    expect(run.calls).toHaveLength(2);
  });

  test("hold across the parts of one attempt", async () => {
    const run = await world.newRun();
    const attempt = run.attempt(inTurn(answer("", [finish()]), answer("", [finish()])));
    await runAgent(attempt, run.session, OPENING, { ...LIMITS, turns: 1 }, 1);
    await expect(runAgent(attempt, run.session, OPENING, { ...LIMITS, turns: 1 }, 2)).rejects.toThrow("all 1 turns");
  });

  test("end a model that never answers, by time", async () => {
    const run = await world.newRun();
    const attempt = run.attempt(
      (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
    );
    const work = runAgent(attempt, run.session, OPENING, { ...LIMITS, minutes: 0.002 }, 1);
    await expect(work).rejects.toMatchObject({ code: "limit_reached" });
  });

  test("of money cannot be held when the price is unknown: that is said once, and the sum is unknown too", async () => {
    const run = await world.newRun();
    const usage = { input: 1, cached: 0, output: 1, usd: null };
    const script = inTurn(answer("", [write("a.txt", "a\n")], { usage }), answer("", [finish()], { usage }));
    await runAgent(run.attempt(script), run.session, OPENING, LIMITS, 1);
    expect(run.events.filter(({ type }) => type === "warning")).toHaveLength(1);
    expect(await sumCost(run.control, run.runId)).toEqual({ usd: null, input_tokens: 2, output_tokens: 2 });
  });
});

describe("a run that died", () => {
  test.each(["turn-1", "turn-2", "tools-1", "tools-2", "turn-3", "tools-3"])(
    "in %s pays for no turn twice and does nothing twice",
    async (die) => {
      const run = await world.newRun();
      const answers = telling();
      await expect(runAgent(run.attempt(answers, { die }), run.session, OPENING, LIMITS, 1)).rejects.toThrow(
        ProcessDied,
      );
      const outcome = await runAgent(run.attempt(answers), run.session, OPENING, LIMITS, 1);
      expect(outcome).toEqual({ state: "finished", turn: 3, summary: "Done.", filesChanged: ["list.txt", "log.txt"] });
      expect(run.calls).toHaveLength(3);
      expect(await content(run, "list.txt")).toBe("a\nb\n");
      expect(await content(run, "log.txt")).toBe("once\n");
      expect((await sumCost(run.control, run.runId)).usd).toBeCloseTo(0.03);
    },
  );

  test("in the midst of its calls has its tree restored before they are made again", async () => {
    const run = await world.newRun();
    const answers = telling();
    let saves = 0;
    const dying = {
      ...run.session,
      async saveTree() {
        if (++saves === 2) throw new ProcessDied("after the calls, before their tree was saved");
        return run.session.saveTree();
      },
    };
    await expect(runAgent(run.attempt(answers), dying, OPENING, LIMITS, 1)).rejects.toThrow(ProcessDied);
    expect(await content(run, "log.txt")).toBe("once\n");
    await (await run.session.sandbox()).writeFile("stray.txt", "stray");
    await runAgent(run.attempt(answers), run.session, OPENING, LIMITS, 1);
    expect(await content(run, "log.txt")).toBe("once\n");
    expect(await content(run, "list.txt")).toBe("a\nb\n");
    expect(await run.files()).not.toContain("stray.txt");
  });

  test("after its tree was saved and before its results were, makes its edits only once", async () => {
    const run = await world.newRun();
    const answers = inTurn(
      answer("", [write("list.txt", "a\n")]),
      answer("", [call("edit_file", { path: "list.txt", old_text: "a\n", new_text: "a\nb\n" })]),
      answer("", [finish()]),
    );
    await expect(runAgent(run.attempt(answers, { die: "tools-2" }), run.session, OPENING, LIMITS, 1)).rejects.toThrow(
      ProcessDied,
    );
    await run.control.query("update llm_turns set tool_results = null where run_id = $1 and turn = 'agent-2'", [
      run.runId,
    ]);
    await runAgent(run.attempt(answers), run.session, OPENING, LIMITS, 1);
    expect(await content(run, "list.txt")).toBe("a\nb\n");
  });

  test("drops the copy of the database when its first calls are made again, and only then", async () => {
    const run = await world.newRun();
    let discarded = 0;
    const session = {
      ...run.session,
      async discardCopy() {
        discarded += 1;
      },
    };
    const lost = {
      ...session,
      async saveTree() {
        throw new ProcessDied("in the midst of the calls");
      },
    };
    const answers = inTurn(
      answer("I think."),
      answer("", [write("list.txt", "a\n")]),
      answer("", [write("list.txt", "b\n")]),
      answer("", [finish()]),
    );
    await expect(runAgent(run.attempt(answers), lost, OPENING, LIMITS, 1)).rejects.toThrow(ProcessDied);
    expect(discarded).toBe(0);
    let saved = 0;
    const lostLater = {
      ...session,
      async saveTree() {
        if (++saved === 2) throw new ProcessDied("in the midst of the second calls");
        return run.session.saveTree();
      },
    };
    await expect(runAgent(run.attempt(answers), lostLater, OPENING, LIMITS, 1)).rejects.toThrow(ProcessDied);
    expect(discarded).toBe(1);
    await runAgent(run.attempt(answers), session, OPENING, LIMITS, 1);
    expect(discarded).toBe(1);
  });

  test("keeps no results of calls for which the copy could not be made", async () => {
    const run = await world.newRun();
    const fails = { ...run.session, settled: () => Promise.reject(new Error("no copy")) };
    const work = runAgent(run.attempt(inTurn(answer("", [finish()]))), fails, OPENING, LIMITS, 1);
    await expect(work).rejects.toThrow("no copy");
    expect((await listAgentTurns(run.control, run.runId))[0]!.tool_results).toBeNull();
  });

  test("is interrupted by its signal within a command", async () => {
    const run = await world.newRun();
    const abort = new AbortController();
    const attempt = run.attempt(inTurn(answer("", [call("run_command", { command: "echo started; sleep 60" })])), {
      abort,
    });
    const work = runAgent(attempt, run.session, OPENING, LIMITS, 1);
    setTimeout(() => abort.abort(), 300);
    await expect(work).rejects.toMatchObject({ code: "interrupted" });
    expect((await listAgentTurns(run.control, run.runId))[0]!.tool_results).toBeNull();
  });
});
