// A stand-in between tb and a Postgres server: passes everything on until it is told to cut, to refuse, or to swallow an
// answer that says "it is done".
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface PostgresDoor {
  readonly port: number;
  /** How often the server has said that a statement is done, and with it its transaction. */
  acknowledgements(): number;
  /** Swallows the n-th such answer from now on and cuts its connection; whether it has come to that. */
  swallow(n: number): { done: () => boolean };
  /** Cuts every connection and refuses new ones, as an outage does. */
  shut(): void;
  /** Lets connections through again. */
  open(): void;
  close(): Promise<void>;
}

/** On a free loopback port; `upstream` is the path of the server's socket. */
export async function openPostgresDoor(upstream: string): Promise<PostgresDoor> {
  const sockets = new Set<Socket>();
  let [count, shut] = [0, false];
  let swallowing: { left: number; done: boolean } | null = null;

  /** Whether this acknowledgement may be passed on. */
  function acknowledge(): boolean {
    count += 1;
    if (!swallowing || swallowing.done || --swallowing.left > 0) return true;
    swallowing.done = true;
    return false;
  }

  const listener = createServer((client) => {
    if (shut) {
      client.destroy();
      return;
    }
    const server = connect(upstream);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(server);
    const read = createAnswerReader(acknowledge);
    server.on("data", (chunk) => {
      const passed = read(chunk);
      if (passed === null) server.destroy();
      else if (passed.length > 0) client.write(passed);
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("The door has no port.");
  return {
    port: address.port,
    acknowledgements: () => count,
    swallow(n) {
      const mine = { left: n, done: false };
      swallowing = mine;
      return { done: () => mine.done };
    },
    shut() {
      shut = true;
      for (const socket of sockets) socket.destroy();
    },
    open() {
      shut = false;
    },
    async close() {
      const closed = once(listener, "close");
      listener.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const COMMAND_COMPLETE = 0x43; // "C"
const READY_FOR_QUERY = 0x5a; // "Z"
const IDLE = 0x49; // "I": outside a transaction, so what was done before it is committed

/** Reads the server's messages: a byte for the type, four for the length (itself included), the rest. From a statement's
 * "complete" up to "ready" everything is held back until it is clear whether it may pass. Whether a statement writes cannot
 * be seen (`with … insert … select`), so all of them count. Returns what may pass; null when it may not. */
function createAnswerReader(acknowledge: () => boolean): (chunk: Buffer) => Buffer | null {
  let [bytes, held]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  let holding = false;
  return (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    const passed: Buffer[] = [];
    while (bytes.length >= 5 && bytes.length >= bytes.readUInt32BE(1) + 1) {
      const length = bytes.readUInt32BE(1) + 1;
      const message = bytes.subarray(0, length);
      bytes = bytes.subarray(length);
      if (message[0] === COMMAND_COMPLETE) holding = true;
      if (!holding) {
        passed.push(message);
        continue;
      }
      held = Buffer.concat([held, message]);
      if (message[0] !== READY_FOR_QUERY) continue;
      if (message[5] === IDLE && !acknowledge()) return null;
      passed.push(held);
      [held, holding] = [Buffer.alloc(0), false];
    }
    return Buffer.concat(passed);
  };
}
