// The first message of a Postgres client (protocol 3: "Start-up"), read strictly: what is unclear is refused.

/** What a client may send before it is known; Postgres itself refuses more than 10,000 bytes. */
export const LONGEST_STARTUP = 10_000;

export type FirstMessage =
  | { kind: "incomplete" }
  | { kind: "malformed"; why: string }
  /** SSLRequest or GSSENCRequest: to be answered with one byte, then the next first message comes. */
  | { kind: "encryption"; length: number }
  | { kind: "cancel"; key: string; packet: Buffer }
  | { kind: "startup"; user: string; database: string; replication: boolean; packet: Buffer };

const SSL = 80877103;
const GSS = 80877104;
const CANCEL = 80877102;

export function readFirstMessage(bytes: Buffer): FirstMessage {
  if (bytes.length < 4) return { kind: "incomplete" };
  const length = bytes.readInt32BE(0);
  if (length < 8 || length > LONGEST_STARTUP) return { kind: "malformed", why: "invalid length of startup packet" };
  if (bytes.length < 8) return { kind: "incomplete" };
  const code = bytes.readInt32BE(4);
  if (code === SSL || code === GSS) {
    return length === 8 ? { kind: "encryption", length } : { kind: "malformed", why: "invalid length of request" };
  }
  if (bytes.length < length) return { kind: "incomplete" };
  const packet = bytes.subarray(0, length);
  if (code === CANCEL) return { kind: "cancel", key: packet.subarray(8).toString("hex"), packet };
  if (code >> 16 !== 3) return { kind: "malformed", why: "unsupported frontend protocol" };
  return readParameters(packet);
}

function readParameters(packet: Buffer): FirstMessage {
  const malformed: FirstMessage = { kind: "malformed", why: "invalid startup packet layout" };
  // Pairs of texts that end with a NUL each, and one more NUL at the end.
  if (packet.at(-1) !== 0 || packet.length < 9) return malformed;
  const texts = packet.toString("utf8", 8, packet.length - 1).split("\0");
  if (texts.pop() !== "" || texts.length % 2 !== 0) return malformed;
  const parameters = new Map<string, string>();
  for (let i = 0; i < texts.length; i += 2) {
    const [name, value] = [texts[i]!, texts[i + 1]!];
    // The server would take the last one, somebody else the first.
    if (name === "" || parameters.has(name)) return malformed;
    parameters.set(name, value);
  }
  const user = parameters.get("user");
  if (!user) return { kind: "malformed", why: "no PostgreSQL user name specified in startup packet" };
  const database = parameters.get("database") || user;
  return { kind: "startup", user, database, replication: parameters.has("replication"), packet };
}

/** A FATAL ErrorResponse, as a server sends before it closes. */
export function errorResponse(sqlState: string, message: string): Buffer {
  const fields = `SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`;
  const body = Buffer.from(fields, "utf8");
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Finds a session's key for cancelling (BackendKeyData) in what the server says first, message by message. */
export function createKeyReader(): (chunk: Buffer) => string | null {
  let rest = Buffer.alloc(0);
  let done = false;
  return (chunk) => {
    if (done) return null;
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5) {
      const [type, length] = [String.fromCharCode(rest[0]!), rest.readInt32BE(1)];
      // It comes before the first "ready for query"; a server that sends something else has none.
      if (type === "Z" || length < 4 || length > LONGEST_STARTUP) break;
      if (rest.length < length + 1) return null;
      const body = rest.subarray(5, length + 1);
      rest = rest.subarray(length + 1);
      if (type === "K") {
        done = true;
        return body.toString("hex");
      }
    }
    if (rest.length >= 5) done = true;
    return null;
  };
}
