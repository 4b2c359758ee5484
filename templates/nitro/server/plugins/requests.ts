import { definePlugin } from "nitro";

const started = new WeakMap<object, { method: string; at: number }>();

export default definePlugin(({ hooks }) => {
  hooks.hook("request", (event) => {
    started.set(event, { method: event.req.method, at: performance.now() });
    // HEAD is answered by the GET route; Node leaves the body out.
    if (event.req.method === "HEAD") {
      (event as { req: Request }).req = new Request(event.req.url, { headers: event.req.headers });
    }
  });

  // One JSON line per request. JSON.stringify escapes line breaks, so input cannot forge an entry.
  hooks.hook("response", (response, event) => {
    const { method, at } = started.get(event) ?? { method: event.req.method, at: performance.now() };
    const path = URL.canParse(event.req.url) ? new URL(event.req.url).pathname : event.req.url;
    const ms = Math.round(performance.now() - at);
    console.log(JSON.stringify({ time: new Date().toISOString(), method, path, status: response.status, ms }));
  });
});
