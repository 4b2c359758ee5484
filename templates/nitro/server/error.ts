import { defineErrorHandler } from "nitro";
import type { H3Event } from "nitro/h3";
import { securityHeaders } from "./utils/headers.ts";
import { toProblem } from "./utils/problem.ts";

export default defineErrorHandler((error, event) => {
  const response = toProblem(error, event.req);
  const headers = [...Object.entries(securityHeaders), ...(event as H3Event).res.errHeaders];
  for (const [name, value] of headers) response.headers.set(name, value);
  return response;
});
