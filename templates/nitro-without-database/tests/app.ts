// The application under test, in this process.
import { createApp } from "../scripts/serve.ts";
import type { FieldError } from "../server/utils/problem.ts";

const app = await createApp();

/** The body of every error. */
export type Problem = { title: string; status: number; detail?: string; instance: string; errors?: FieldError[] };

type Answer<T> = { status: number; headers: Headers; body: T };

/** Sends a request; an object is sent as JSON. The body of the answer is undefined when there is none. */
export async function call<T = Problem>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  const json = { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await app.request(path, { method, ...(body !== undefined && json) });
  const text = await response.text();
  const parsed: unknown = text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body: (parsed || undefined) as T };
}
