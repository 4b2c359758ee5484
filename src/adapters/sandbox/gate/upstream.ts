// A connection to the real database server, encrypted where this tb's own connections to it are.
import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { Connection } from "../../database-cluster/database-cluster.ts";

const TIMEOUT = 10_000;
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** Rejects when the server cannot be reached, or does not encrypt although it should. */
export async function connectUpstream(server: Connection): Promise<Duplex> {
  const { host, port } = server;
  const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.setNoDelay(true);
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    await once(socket, "connect", { signal });
    const options = await encryption(server);
    return options === null ? socket : await encrypt(socket, { ...options, host }, signal);
  } catch (error) {
    socket.on("error", () => {}); // what follows on the destruction was told already
    socket.destroy();
    throw error;
  }
}

/** What `pg` would do: its settings come from the connection and from PGSSLMODE. */
async function encryption(server: Connection): Promise<ConnectionOptions | null> {
  if (server.host.startsWith("/")) return null;
  const { default: pg } = await import("pg");
  const ssl: unknown = new pg.Client({ ...server }).ssl;
  if (!ssl) return null;
  return typeof ssl === "object" ? ssl : {};
}

async function encrypt(
  socket: Socket,
  options: ConnectionOptions & { host: string },
  signal: AbortSignal,
): Promise<Duplex> {
  socket.write(SSL_REQUEST);
  const [answer] = (await once(socket, "data", { signal })) as [Buffer];
  // More than the one byte would have been sent by someone in between, before the encryption.
  if (answer.toString("latin1") !== "S") throw new Error("it does not encrypt");
  const secure = connectTls({ ...options, socket, ...(isIP(options.host) === 0 && { servername: options.host }) });
  await once(secure, "secureConnect", { signal });
  return secure;
}
