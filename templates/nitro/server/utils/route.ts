import { assertBodySize, defineHandler, getQuery, type H3Event, HTTPError } from "nitro/h3";
import type * as z from "zod";
import { type FieldError, invalid, problem } from "./problem.ts";

const BODY_LIMIT = 100_000;
const DEPTH_LIMIT = 100;

type Schema = z.ZodType | undefined;
type Output<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/** The contract of an endpoint: validated for every request, and published in openapi.json. */
export type Contract<
  Params extends z.ZodObject | undefined = z.ZodObject | undefined,
  Query extends z.ZodObject | undefined = z.ZodObject | undefined,
  Body extends Schema = Schema,
  Returns extends Schema = Schema,
> = {
  summary: string;
  params?: Params;
  query?: Query;
  body?: Body;
  /** The body of the response; without it the response is 204. */
  returns?: Returns;
  /** Of a success: default 200, or 204 without a body. */
  status?: 200 | 201 | 202;
  /** Statuses of problems beyond those of validation. */
  errors?: number[];
};

/** One endpoint: its contract and its handler, which gets only what the contract lets in. */
export function route<
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends Schema = undefined,
  Returns extends Schema = undefined,
>(
  options: Contract<Params, Query, Body, Returns> & {
    handler: (input: {
      params: Output<Params>;
      query: Output<Query>;
      body: Output<Body>;
      event: H3Event;
    }) => Promise<Returns extends z.ZodType ? z.output<Returns> : void>;
  },
) {
  const { handler, ...contract } = options;
  const run = defineHandler(async (event) => {
    const params = parse("path", contract.params, event.context.params ?? {});
    const query = parse("query", contract.query, getQuery(event));
    const body = contract.body && parse("body", contract.body, await readJson(event));
    const result = await handler({ params, query, body, event } as Parameters<typeof handler>[0]).catch((error) => {
      throw contract.body ? error : withoutBody(error);
    });
    if (!contract.returns) return new Response(null, { status: 204 });
    // Parsing the result keeps columns that the contract does not name from leaving.
    return Response.json(contract.returns.parse(result), { status: contract.status ?? 200 });
  });
  return Object.assign(run, { contract: contract as Contract });
}

/** 422 speaks of a body. Where there is none, the database has refused what stood in the path or the query. */
function withoutBody(error: unknown): unknown {
  return HTTPError.isError(error) && error.status === 422 ? problem(400, error.message) : error;
}

function parse(where: FieldError["in"], schema: Schema, value: unknown): unknown {
  if (!schema) return undefined;
  const flaw = flawOf(value);
  if (flaw) throw problem(where === "body" ? 422 : 400, `The ${where} ${flaw}.`);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(where, parsed.error);
  return parsed.data;
}

/** What no contract can allow: a NUL or half of a surrogate pair, which no database stores, and a bottomless structure. */
function flawOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === "string") {
    return value.includes("\0") || !value.isWellFormed() ? "has a character that cannot be stored" : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (depth === DEPTH_LIMIT) return `is nested more than ${DEPTH_LIMIT} levels deep`;
  for (const [key, item] of Object.entries(value)) {
    const flaw = flawOf(key) ?? flawOf(item, depth + 1);
    if (flaw) return flaw;
  }
  return undefined;
}

async function readJson(event: H3Event): Promise<unknown> {
  const type = event.req.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw problem(415, "Send the body as application/json.");
  assertBodySize(event, BODY_LIMIT);
  const bytes = await event.req.arrayBuffer();
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw problem(400, "The body is not valid JSON in UTF-8.");
  }
}
