import { STATUS_CODES } from "node:http";
import { HTTPError } from "nitro/h3";
import type * as z from "zod";
import document from "../../openapi.json" with { type: "json" };

export type FieldError = { in: "path" | "query" | "body"; path: string; message: string };

/** An error that the client sees, as RFC 9457 problem details. */
export function problem(status: number, detail: string, errors?: FieldError[]): HTTPError {
  return new HTTPError({ status, message: detail, data: errors && { errors } });
}

/** 422 for a body, 400 for a path or a query, with every field that is wrong. */
export function invalid(where: FieldError["in"], error: z.ZodError): HTTPError {
  const errors = error.issues.map((issue) => ({ in: where, path: issue.path.join("."), message: issue.message }));
  return problem(where === "body" ? 422 : 400, `The ${where} is invalid.`, errors);
}

/** The response for anything that was thrown. What was not meant for the client is a plain 500. */
export function toProblem(error: HTTPError, request: Request): Response {
  const path = pathOf(request);
  const allow = error.status === 404 && error.message.startsWith("Cannot find any route") ? allowed(path) : "";
  if (allow) return respond(405, path, `Use ${allow}.`, undefined, { allow });
  if (error.unhandled) return respond(500, path);
  if (error.status === 404 && error.message.startsWith("Cannot find any route"))
    return respond(404, path, "No such path.");
  const errors = (error.data as { errors?: FieldError[] } | undefined)?.errors;
  return respond(error.status, path, error.message, errors);
}

function respond(
  status: number,
  instance: string,
  detail?: string,
  errors?: FieldError[],
  headers?: Record<string, string>,
): Response {
  const body = { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, instance, errors };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

/** The methods of a path that exists, for the Allow header. */
function allowed(path: string): string {
  const methods = Object.entries(document.paths)
    .filter(([template]) => new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}/?$`).test(path))
    .flatMap(([, operations]) => Object.keys(operations).map((method) => method.toUpperCase()));
  return methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
}

function pathOf(request: Request): string {
  return URL.canParse(request.url) ? new URL(request.url).pathname : "/";
}
