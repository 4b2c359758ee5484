// A door to the database server for one sandbox: it lets a session through when it is for one of the pairs of role and
// database that the sandbox was given, and then only passes bytes on. A project's live database and its copies have the same
// roles and passwords, so code that changes the name of the database must not get anywhere by it.
import { randomBytes } from "node:crypto";
import { chmodSync, lchownSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import type { ProcessUser } from "../../../processes/launch.ts";
import type { DatabaseDoor, Databases } from "../sandbox.ts";
import { createKeyReader, errorResponse, LONGEST_STARTUP, readFirstMessage } from "./startup-message.ts";
import { connectUpstream } from "./upstream.ts";
import { watchSession } from "./watch-session.ts";

/** Clients of Postgres look for `<folder>/.s.PGSQL.<port>`. */
export const GATE_PORT = 5432;
/** Sessions at once; the roles' own limits are lower. */
const MOST_SESSIONS = 64;
/** Milliseconds that clients get for what takes them none. */
const PATIENCE = 10_000;
const MOST_REQUESTS = 3;

export interface GateOptions {
  /** Made and removed by the gate; whoever connects must not be able to change it. */
  folder: string;
  /** Who may connect; null = whoever runs tb. */
  owner: ProcessUser | null;
  databases: Databases;
  /** Asked for each session, which waits for it; when it rejects the session is refused. */
  ready?: () => Promise<unknown>;
  /** Told of each session that the server did not begin, ended by itself, or left without an answer for long. */
  onBroken?: () => void;
  /** Milliseconds to say who one is, or to ask for encryption first. */
  patience?: number;
}

/** Opens the gate; closing it ends all its sessions. One that was opened here before, by a tb that has died too, is replaced. */
export async function openDatabaseGate({
  folder,
  owner,
  databases,
  ready = async () => {},
  onBroken = () => {},
  patience = PATIENCE,
}: GateOptions): Promise<DatabaseDoor> {
  const [server] = databases;
  const allowed = new Set(databases.map(({ user, database }) => pair(user, database)));
  const sessions = new Set<Duplex>();
  const keys = new Set<string>();

  function accept(client: Socket): void {
    client.on("error", () => client.destroy());
    if (sessions.size >= MOST_SESSIONS) return refuse(client, "53300", "sorry, too many clients already");
    track(client);
    receive(client);
  }

  function track(stream: Duplex): void {
    sessions.add(stream);
    stream.on("close", () => sessions.delete(stream));
  }

  /** Reads up to the end of the first message; nothing is passed on before. */
  function receive(client: Socket): void {
    const timer = setTimeout(() => client.destroy(), patience);
    client.on("close", () => clearTimeout(timer));
    let bytes: Buffer = Buffer.alloc(0);
    let requests = 0;

    client.on("data", function read(chunk: Buffer) {
      bytes = Buffer.concat([bytes, chunk]);
      let message = readFirstMessage(bytes);
      while (message.kind === "encryption" && ++requests <= MOST_REQUESTS) {
        client.write("N"); // a Unix socket needs none
        bytes = bytes.subarray(message.length);
        message = readFirstMessage(bytes);
      }
      if (message.kind === "incomplete" && bytes.length <= LONGEST_STARTUP) return;
      client.off("data", read);
      client.pause();
      clearTimeout(timer);
      if (message.kind === "startup") {
        const { user, database, replication, packet } = message;
        if (replication) refuse(client, "28000", "replication is not available here");
        else if (!allowed.has(pair(user, database))) refuse(client, "28000", refusal(user, database));
        else void pass(client, packet, bytes.subarray(packet.length));
      } else if (message.kind === "cancel") void cancel(client, message.key, message.packet);
      else refuse(client, "08P01", message.kind === "malformed" ? message.why : "invalid startup packet");
    });
  }

  async function pass(client: Socket, packet: Buffer, more: Buffer): Promise<void> {
    const upstream = await reach(client);
    if (!upstream) return;
    let key: string | null = null;
    const readKey = createKeyReader();
    upstream.on("data", function read(chunk: Buffer) {
      key ??= readKey(chunk);
      if (key !== null) {
        keys.add(key);
        upstream.off("data", read);
      }
    });
    upstream.on("close", () => {
      if (key !== null) keys.delete(key);
    });
    upstream.write(packet);
    upstream.write(more);
    watchSession(client, upstream, () => {
      if (listener.listening) onBroken(); // else it was the gate that ended it
    });
    passOn(client, upstream);
  }

  /** Only sessions that came through here can be cancelled through here. There is no answer, as with a server. */
  async function cancel(client: Socket, key: string, packet: Buffer): Promise<void> {
    if (!keys.has(key)) return void client.destroy();
    const upstream = await reach(client);
    upstream?.end(packet);
    upstream?.resume().on("close", () => client.destroy());
  }

  async function reach(client: Socket): Promise<Duplex | null> {
    try {
      await ready();
      const upstream = await connectUpstream(server);
      upstream.on("error", () => upstream.destroy());
      if (client.destroyed) upstream.destroy();
      return client.destroyed ? null : upstream;
    } catch (error) {
      onBroken();
      refuse(client, "08001", `the database server cannot be reached (${error instanceof Error ? error.message : ""})`);
      return null;
    }
  }

  const listener = createServer(accept);
  const path = join(folder, `.s.PGSQL.${GATE_PORT}`);
  const inode = await listenAt(listener, path, owner);
  return {
    host: folder,
    port: GATE_PORT,
    async close() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      for (const session of sessions) session.destroy();
      await closed;
      // Unless another tb has opened one in its place meanwhile.
      if (lstatSync(path, { throwIfNoEntry: false })?.ino === inode) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Under another name first, so that whoever finds the socket finds someone listening. Returns the socket's inode. */
async function listenAt(listener: Server, path: string, owner: ProcessUser | null): Promise<number> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (owner) lchownSync(folder, owner.uid, owner.gid);
  const temporary = join(folder, `.${randomBytes(4).toString("hex")}`);
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(temporary, resolve);
  });
  listener.unref(); // an open gate keeps no command alive
  chmodSync(temporary, 0o600);
  if (owner) lchownSync(temporary, owner.uid, owner.gid);
  renameSync(temporary, path);
  return lstatSync(path).ino;
}

/** Bytes both ways until one side ends. */
function passOn(client: Socket, upstream: Duplex): void {
  client.on("close", () => upstream.destroy());
  upstream.on("close", () => client.destroy());
  client.pipe(upstream).pipe(client);
}

function refuse(client: Socket, sqlState: string, message: string): void {
  client.end(errorResponse(sqlState, message));
  client.resume(); // what it still says is not read
  client.setTimeout(PATIENCE, () => client.destroy());
}

function refusal(user: string, database: string): string {
  const [role, name] = [user, database].map((text) => text.slice(0, 63));
  return `this sandbox may not use database "${name}" as role "${role}"`;
}

function pair(user: string, database: string): string {
  return `${user}\0${database}`;
}
