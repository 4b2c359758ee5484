import { afterAll, beforeAll, expect, test } from "vitest";
import type { ModelCall } from "../../src/adapters/model/model.ts";
import { callModel } from "../../src/agent/call-model.ts";
import { findTurn, sumCost } from "../../src/control/turns.ts";
import { answer, createAgentWorld, inTurn, type AgentWorld } from "../helpers/agent-run.ts";

const CALL: ModelCall = {
  purpose: "design",
  system: "Design.",
  messages: [{ role: "user", text: "a todo API" }],
  tools: [],
  answerSchema: { type: "object" },
};

let world: AgentWorld;
beforeAll(async () => {
  world = await createAgentWorld();
});
afterAll(() => world.stop());

test("a turn is asked once, whoever asks again", async () => {
  const run = await world.newRun();
  const first = await callModel(run.attempt(inTurn(answer("", [], { data: { a: 1 } }))), "design", CALL);
  const again = await callModel(run.attempt(inTurn()), "design", CALL);
  expect(again).toEqual(first);
  expect(await sumCost(run.control, run.runId)).toEqual({ usd: 0.01, input_tokens: 100, output_tokens: 10 });
  const rows = await run.control.query(
    "select turn, purpose, model, usd, project_id is not null as project from message_costs where run_id = $1",
    [run.runId],
  );
  expect(rows).toEqual([{ turn: "design", purpose: "design", model: "scripted", usd: 0.01, project: true }]);
});

test("of two processes that ask at once both get the answer that was stored", async () => {
  const run = await world.newRun();
  const answers = await Promise.all(
    ["one", "two"].map((text) => callModel(run.attempt(inTurn(answer(text, [], { data: { text } }))), "design", CALL)),
  );
  expect(answers[0]).toEqual(answers[1]);
  expect((await sumCost(run.control, run.runId)).input_tokens).toBe(100);
});

test("a run without calls has cost nothing", async () => {
  const run = await world.newRun();
  expect(await sumCost(run.control, run.runId)).toEqual({ usd: 0, input_tokens: 0, output_tokens: 0 });
});

test("data that was cut off is an error, and paid for all the same", async () => {
  const run = await world.newRun();
  const cut = answer('{"a":', [], { finish: "length" });
  await expect(callModel(run.attempt(inTurn(cut)), "design", CALL)).rejects.toThrow("cut off");
  expect((await sumCost(run.control, run.runId)).usd).toBe(0.01);
});

test("text where data was asked for is an error", async () => {
  const run = await world.newRun();
  await expect(callModel(run.attempt(inTurn(answer("Sure!"))), "design", CALL)).rejects.toThrow("text where data");
});

test("a failing model leaves no turn behind", async () => {
  const run = await world.newRun();
  await expect(callModel(run.attempt(inTurn()), "design", CALL)).rejects.toThrow("script has ended");
  expect(await findTurn(run.control, run.runId, "design")).toBeUndefined();
});

test("calls without ids, or with the same one, get ids of their own", async () => {
  const run = await world.newRun();
  const calls = ["", "x", "x"].map((id) => ({ id, name: "list_files", arguments: {} }));
  const { answerSchema: _, ...agentCall } = CALL;
  const { toolCalls } = await callModel(run.attempt(inTurn(answer("", calls))), "agent-1", {
    ...agentCall,
    purpose: "agent",
  });
  expect(toolCalls.map(({ id }) => id)).toEqual(["agent-1-1", "x", "agent-1-3"]);
});
