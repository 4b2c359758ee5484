// The application under test, in this process, on the tests' own database.
import assert from "node:assert/strict";
import { createApp } from "../scripts/serve.ts";
import type { FieldError } from "../server/utils/problem.ts";
import "./database.ts";

const app = await createApp();

/** The body of every error. */
export type Problem = { title: string; status: number; detail?: string; instance: string; errors?: FieldError[] };

/** The body of every list. */
export type Page<T> = { items: T[]; next_cursor: string | null };

type Answer<T> = { status: number; headers: Headers; body: T };

/** A well-formed id that no record has. */
export const UNKNOWN_ID = "0".repeat(21);

/** Every item of a list, read in pages; `query` is what it is asked for: "limit=50&sort=name". */
export async function readAll<T>(path: string, query = "limit=2"): Promise<T[]> {
  const limit = Number(new URLSearchParams(query).get("limit"));
  const items: T[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const { status, body }: Answer<Page<T>> = await call("GET", `${path}?${query}&cursor=${cursor}`);
    assert.equal(status, 200);
    assert.ok(body.items.length <= limit);
    items.push(...body.items);
    cursor = body.next_cursor;
  }
  return items;
}

/** Sends a request; an object is sent as JSON. The body of the answer is undefined when there is none. */
export async function call<T = Problem>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  const json = { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await app.request(path, { method, ...(body !== undefined && json) });
  const text = await response.text();
  const parsed: unknown = text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body: (parsed || undefined) as T };
}
