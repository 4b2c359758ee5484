// Whose fault it was that a session ended. Postgres' clients say goodbye before they go; a server that is killed, restarted or
// cut off does not, and one that hangs is given up.
import type { Duplex } from "node:stream";

/** The message "Terminate": its type and its length. */
const GOODBYE = Buffer.from([0x58, 0, 0, 0, 4]);
/** Milliseconds without an answer, after which a client that gives up has reason to. */
const LONG = 2000;

/** Calls `onBroken`, once at most, when it was the server's. */
export function watchSession(client: Duplex, server: Duplex, onBroken: () => void): void {
  let asked: number | null = null;
  let left = false;

  client.on("data", (chunk: Buffer) => {
    asked ??= performance.now();
    left ||= chunk.subarray(-GOODBYE.length).equals(GOODBYE);
  });
  client.on("end", () => (left = true));
  server.on("data", () => (asked = null));
  client.on("close", () => {
    if (!server.destroyed && asked !== null && performance.now() - asked > LONG && !left) onBroken();
    left = true;
  });
  server.on("close", () => {
    if (!left) onBroken();
    left = true;
  });
}
