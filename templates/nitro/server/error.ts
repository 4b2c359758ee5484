import { defineErrorHandler } from "nitro";
import { securityHeaders } from "./utils/headers.ts";
import { toProblem } from "./utils/problem.ts";

export default defineErrorHandler((error, event) => {
  const response = toProblem(error, event.req);
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
  return response;
});
