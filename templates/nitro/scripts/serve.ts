// The application without a build: the same routes, middleware and error handler, straight from TypeScript.
import { type EventHandler, H3 } from "nitro/h3";
import handleError from "../server/error.ts";
import { middlewareFiles, routeFiles } from "./routes.ts";

/** What the tests send their requests to. */
export async function createApp(): Promise<H3> {
  const app = new H3({
    onError: (error, event) => handleError(error, event, { defaultHandler: () => undefined as never }),
  });
  for (const load of await middlewareFiles()) app.use((await load()).default as EventHandler);
  for (const { method, path, load } of [...(await routeFiles("api")), ...(await routeFiles("routes"))]) {
    app.on(method, path.replace(/\[(\w+)\]/g, ":$1"), (await load()).default as EventHandler);
  }
  return app;
}
