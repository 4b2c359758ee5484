import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message, ModelCall } from "../../src/adapters/model/model.ts";
import { answerFinish, runAgent } from "../../src/agent/agent-loop.ts";
import { listAgentTurns, setToolResults, sumCost } from "../../src/control/turns.ts";
import { rememberSecret } from "../../src/secrets/redactor.ts";
import { answer, call, createAgentWorld, inTurn, type AgentRun, type AgentWorld } from "../helpers/agent-run.ts";

const OPENING = { system: "You build backends.", messages: [{ role: "user", text: "Build it." } as Message] };
const LIMITS = { turns: 20, minutes: 5, usd: 5 };

let world: AgentWorld;
beforeAll(async () => {
  world = await createAgentWorld();
});
afterAll(() => world.stop());

/** The results that the model was told in its `n`th call (from 0) since its last answer. */
function told(run: AgentRun, n: number): { text: string; failed: boolean }[] {
  const messages = run.calls[n]!.messages;
  const from = messages.findLastIndex((message) => message.role === "assistant");
  return messages
    .slice(from + 1)
    .map((message) => ({ text: message.text, failed: message.role === "tool" && message.failed }));
}

function finish() {
  return call("finish", { summary: "Done." });
}

function write(path: string, content: string) {
  return call("write_file", { path, content });
}

describe("the loop", () => {
  test("lets the model read, write, edit, list, delete, run and query, and ends with finish", async () => {
    const run = await world.newRun();
    const script = inTurn(
      answer("Writing.", [
        write("a.txt", "one\n"),
        write("b.txt", "two\n"),
        call("run_command", { command: "cat a.txt b.txt" }),
      ]),
      answer("", [
        call("read_file", { path: "a.txt" }),
        call("list_files", {}),
        call("query_database", { sql: "select 1 as one" }),
      ]),
      answer("", [
        call("edit_file", { path: "a.txt", old_text: "one", new_text: "three" }),
        call("delete_file", { path: "b.txt" }),
      ]),
      answer("All done.", [finish()]),
    );
    const outcome = await runAgent(run.attempt(script), run.session, OPENING, LIMITS, 1);
    expect(outcome).toEqual({ state: "finished", turn: 4, summary: "Done.", filesChanged: ["a.txt", "b.txt"] });
    expect(told(run, 1).map(({ text }) => text)).toEqual([
      "Created a.txt (1 line).",
      "Created b.txt (1 line).",
      "exit 0\none\ntwo",
    ]);
    expect(told(run, 2).map(({ text }) => text)).toEqual(["one\n", "a.txt\nb.txt\npackage.json", '1 row:\n{"one":1}']);
    expect(told(run, 3).every(({ failed }) => !failed)).toBe(true);
    expect(await run.files()).toEqual(["a.txt", "package.json"]);
    expect(run.events.filter(({ type }) => type === "agent.message")).toEqual([
      { type: "agent.message", text: "Writing." },
      { type: "agent.message", text: "All done." },
    ]);
    expect(run.events).toContainEqual({ type: "tool.started", tool: "write_file", summary: "write a.txt" });
    expect(run.events).toContainEqual({ type: "tool.finished", tool: "write_file", summary: "write a.txt · 1 line" });
    expect(run.events).toContainEqual({ type: "progress", text: "turn 3 · 2 files" });
    expect(await sumCost(run.control, run.runId)).toEqual({ usd: 0.04, input_tokens: 400, output_tokens: 40 });
  });

  test("goes on after finish with what verification said", async () => {
    const run = await world.newRun();
    const attempt = run.attempt(
      inTurn(answer("", [finish()]), answer("", [write("fix.txt", "fixed\n")]), answer("", [finish()])),
    );
    const first = await runAgent(attempt, run.session, OPENING, LIMITS, 1);
    await answerFinish(attempt, first.turn, "GET /api/users answers 500.", true);
    await answerFinish(attempt, first.turn, "GET /api/users answers 500.", true); // a step that is made again
    const second = await runAgent(attempt, run.session, OPENING, LIMITS, first.turn + 1);
    expect(second).toMatchObject({ state: "finished", turn: 3, filesChanged: ["fix.txt"] });
    expect(told(run, 1)).toEqual([{ text: "GET /api/users answers 500.", failed: true }]);
  });

  test("does not finish on top of a failure in the same answer", async () => {
    const run = await world.newRun();
    const script = inTurn(answer("", [call("read_file", { path: "gone.txt" }), finish()]), answer("", [finish()]));
    const outcome = await runAgent(run.attempt(script), run.session, OPENING, LIMITS, 1);
    expect(outcome.turn).toBe(2);
    expect(told(run, 1)[1]).toMatchObject({
      failed: true,
      text: expect.stringContaining("1 of the calls before it failed"),
    });
  });

  test("takes finish only as the last call", async () => {
    const run = await world.newRun();
    const script = inTurn(answer("", [finish(), write("a.txt", "a\n")]), answer("", [finish()]));
    expect(await runAgent(run.attempt(script), run.session, OPENING, LIMITS, 1)).toMatchObject({ turn: 2 });
    expect(told(run, 1)[0]).toEqual({ text: "finish must be the last call of an answer.", failed: true });
  });

  test("nudges a model that only talks once, then stops with its words", async () => {
    const run = await world.newRun();
    const outcome = await runAgent(
      run.attempt(inTurn(answer("I cannot."), answer("No."))),
      run.session,
      OPENING,
      LIMITS,
      1,
    );
    expect(outcome).toEqual({ state: "stopped", turn: 2, summary: "I cannot.", filesChanged: [] });
    expect(told(run, 1)[0]!.text).toContain("no tool call");
  });

  test("gives every call a result: unknown tools and wrong arguments, all problems at once", async () => {
    const run = await world.newRun();
    const script = inTurn(
      answer("", [
        call("read_fil", { path: "a" }),
        call("edit_file", { path: 7, extra: 1 }),
        call("list_files", "{oops"),
      ]),
      answer("", [finish()]),
    );
    await runAgent(run.attempt(script), run.session, OPENING, LIMITS, 1);
    const [unknown, wrong, broken] = told(run, 1);
    expect(unknown!.text).toContain("Did you mean read_file?");
    for (const part of ["path:", "old_text:", "new_text:", "extra"]) expect(wrong!.text).toContain(part);
    expect(broken!.text).toContain("not a JSON object");
  });

  test("stops after three answers in a row that cannot be executed", async () => {
    const run = await world.newRun();
    const bad = [1, 2, 3].map((at) => answer("", [call("nothing", { at })]));
    const outcome = await runAgent(run.attempt(inTurn(...bad)), run.session, OPENING, LIMITS, 1);
    expect(outcome).toMatchObject({
      state: "stopped",
      turn: 3,
      summary: expect.stringContaining("3 answers in a row"),
    });
  });

  test("executes nothing of an answer that was cut off, and says so", async () => {
    const run = await world.newRun();
    const script = inTurn(answer("", [write("half.txt", "hal")], { finish: "length" }), answer("", [finish()]));
    await runAgent(run.attempt(script), run.session, OPENING, LIMITS, 1);
    expect(told(run, 1)[0]).toMatchObject({ failed: true, text: expect.stringContaining("cut off") });
    expect(await run.files()).toEqual(["package.json"]);
  });

  test("stops a model that goes in circles", async () => {
    const run = await world.newRun();
    const same = [1, 2, 3, 4].map(() => answer("", [call("read_file", { path: "package.json" })]));
    const outcome = await runAgent(run.attempt(inTurn(...same)), run.session, OPENING, LIMITS, 1);
    expect(outcome).toMatchObject({ state: "stopped", turn: 4, summary: expect.stringContaining("circles") });
  });
});

describe("secrets", () => {
  test("reach neither the model, nor what is stored, nor an event", async () => {
    rememberSecret("s3cr3t-passw0rd");
    const run = await world.newRun();
    await (await run.session.sandbox()).writeFile(".env", "DB_PASSWORD=s3cr3t-passw0rd\n");
    const opening = { system: "The password is s3cr3t-passw0rd.", messages: OPENING.messages };
    const script = inTurn(
      answer("I saw s3cr3t-passw0rd.", [
        call("run_command", { command: "cat .env # s3cr3t-passw0rd" }),
        call("read_file", { path: ".env" }),
      ]),
      answer("", [call("query_database", { sql: "select 's3cr3t-' || 'passw0rd' as leak" })]),
      answer("", [finish()]),
    );
    await runAgent(run.attempt(script), run.session, opening, LIMITS, 1);
    expect(JSON.stringify(run.calls)).not.toContain("s3cr3t-passw0rd");
    expect(JSON.stringify(run.events)).not.toContain("s3cr3t-passw0rd");
    const results = (await listAgentTurns(run.control, run.runId)).map((turn) => turn.tool_results);
    expect(JSON.stringify(results)).not.toContain("s3cr3t-passw0rd");
    expect(told(run, 1)[0]!.text).toContain("DB_PASSWORD=[redacted]");
  });
});

test("text that jsonb refuses is kept all the same", async () => {
  const run = await world.newRun();
  const script = inTurn(
    answer("half \ud800", [call("run_command", { command: "printf 'a\\0b'" })]),
    answer("", [finish()]),
  );
  await runAgent(run.attempt(script), run.session, OPENING, LIMITS, 1);
  expect(told(run, 1)[0]!.text).toBe("exit 0\na\u{FFFD}b");
});

test("the conversation only grows at its end, so that its beginning can be cached", async () => {
  const run = await world.newRun();
  const script = inTurn(answer("", [write("a.txt", "a\n")]), answer("Hm."), answer("", [finish()]));
  await runAgent(run.attempt(script), run.session, OPENING, LIMITS, 1);
  const seen = run.calls.map((one: ModelCall) => JSON.stringify(one.messages).slice(0, -1));
  expect(seen[1]!.startsWith(seen[0]!)).toBe(true);
  expect(seen[2]!.startsWith(seen[1]!)).toBe(true);
});

test("a turn whose results are unknown still gets one for every call", async () => {
  const run = await world.newRun();
  const script = inTurn(answer("", [write("a.txt", "a\n"), finish()]), answer("", [finish()]));
  const attempt = run.attempt(script);
  await runAgent(attempt, run.session, OPENING, LIMITS, 1);
  await setToolResults(run.control, run.runId, "agent-1", []);
  await runAgent(attempt, run.session, OPENING, LIMITS, 2);
  expect(told(run, 1)).toHaveLength(2);
});
