// The entry of the production build: listens on NITRO_UNIX_SOCKET, or on HOST and PORT, until SIGTERM or SIGINT.
import { existsSync, lstatSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { useNitroApp } from "nitro/app";
import { toNodeHandler } from "nitro/h3";

const GRACE_MS = 8_000;

const app = start();
const server = createServer(toNodeHandler({ fetch: app.fetch } as Parameters<typeof toNodeHandler>[0]));

const { NITRO_UNIX_SOCKET: socket, HOST: host = "127.0.0.1", PORT: port = "3000" } = process.env;
if (socket) {
  // A killed process leaves its socket behind.
  if (existsSync(socket) && lstatSync(socket).isSocket()) rmSync(socket);
  server.listen(socket, () => console.log(`Listening on ${socket}`));
} else {
  server.listen(Number(port), host, () => console.log(`Listening on http://${host}:${port}`));
}
server.on("error", (error) => {
  console.error(`The server could not listen: ${error.message}`);
  process.exit(1);
});

/** Runs the plugins; one that throws (a variable is missing) ends the process with its message. */
function start(): ReturnType<typeof useNitroApp> {
  try {
    return useNitroApp();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

/** Answers what is under way, closes the database connections, and leaves; at the latest after the grace period. */
async function shutDown(): Promise<void> {
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  await app.hooks?.callHook("close");
  process.exit(0);
}
process.once("SIGTERM", shutDown);
process.once("SIGINT", shutDown);
