import { expect, test } from "vitest";
import type { Message } from "../../src/adapters/model/model.ts";
import { DROPPED, estimateTokens, fitBudget } from "../../src/agent/context-budget.ts";

const BUDGET = { limit: 1000, target: 600, protect: 300 };

/** An opening and `count` turns that read some 100 tokens each. */
function conversation(count: number): Message[] {
  const messages: Message[] = [{ role: "user", text: "Build it." }];
  for (let i = 0; i < count; i++) {
    messages.push({ role: "assistant", text: "", toolCalls: [{ id: `c${i}`, name: "read_file", arguments: {} }] });
    messages.push({ role: "tool", callId: `c${i}`, name: "read_file", text: "x".repeat(400), failed: false });
  }
  return messages;
}

function size(messages: Message[]): number {
  return messages.reduce((sum, message) => sum + estimateTokens(message), 0);
}

function dropped(messages: Message[]): number {
  return messages.filter((message) => message.text === DROPPED).length;
}

test("a conversation inside the budget is left alone", () => {
  expect(fitBudget(conversation(5), BUDGET)).toEqual(conversation(5));
});

test("the oldest outputs are dropped, the newest and everything else stay", () => {
  const full = conversation(12);
  const fitted = fitBudget(full, BUDGET);
  expect(size(fitted)).toBeLessThanOrEqual(BUDGET.limit);
  expect(dropped(fitted)).toBeGreaterThan(0);
  expect(fitted.slice(-4)).toEqual(full.slice(-4));
  expect(fitted.map((message) => message.role)).toEqual(full.map((message) => message.role));
  const last = fitted.findLastIndex((message) => message.text === DROPPED);
  expect(
    fitted
      .slice(0, last + 1)
      .filter((message) => message.role === "tool")
      .every((message) => message.text === DROPPED),
  ).toBe(true);
});

test("from call to call the beginning mostly stays the same, so that it can be cached", () => {
  let changes = 0;
  for (let count = 1; count < 20; count++) {
    const before = fitBudget(conversation(count), BUDGET);
    const after = fitBudget(conversation(count + 1), BUDGET).slice(0, before.length);
    if (JSON.stringify(before) !== JSON.stringify(after)) changes++;
  }
  expect(changes).toBeGreaterThan(0);
  expect(changes).toBeLessThan(7);
});

test("the newest outputs are kept even when they alone pass the target", () => {
  const big: Message = { role: "tool", callId: "c0", name: "read_file", text: "x".repeat(1100), failed: false };
  const full: Message[] = [...conversation(8), big];
  expect(fitBudget(full, BUDGET).at(-1)).toEqual(big);
});
