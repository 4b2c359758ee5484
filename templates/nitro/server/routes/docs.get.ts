import { defineHandler } from "nitro/h3";
import { docsPolicy, renderDocs } from "../utils/docs.ts";

/** The API as a page for people. */
export default defineHandler((event) => {
  event.res.headers.set("content-security-policy", docsPolicy);
  return new Response(renderDocs(event.url.origin), { headers: { "content-type": "text/html; charset=utf-8" } });
});
