// The server that a TLS client asks for, from its first message (RFC 8446, 4.1.2; RFC 6066, 3). One address serves many names,
// so a connection to the registry's address could be a conversation with someone else.

/** A client's first message is one record; with keys for quantum computers it has about 2 kB. */
const LONGEST = 16_384;
const RECORD_HEAD = 5;
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;

export type ServerName = { kind: "incomplete" } | { kind: "malformed" } | { kind: "name"; name: string | null };

/** Read strictly: what is unclear is malformed. `name` is null when the client names none. */
export function readServerName(bytes: Buffer): ServerName {
  if (bytes.length < RECORD_HEAD) return { kind: "incomplete" };
  const length = bytes.readUInt16BE(3);
  if (bytes[0] !== HANDSHAKE || bytes[1] !== 3 || length > LONGEST) return { kind: "malformed" };
  if (bytes.length < RECORD_HEAD + length) return { kind: "incomplete" };
  try {
    return { kind: "name", name: nameIn(bytes.subarray(RECORD_HEAD, RECORD_HEAD + length)) };
  } catch {
    return { kind: "malformed" }; // a length that leads outside
  }
}

/** Throws for what is not a whole message. */
function nameIn(record: Buffer): string | null {
  const message = createReader(record);
  if (message.number(1) !== CLIENT_HELLO) throw new Error("not a client's first message");
  const hello = createReader(message.block(3));
  hello.take(2 + 32); // version and random
  hello.block(1); // session
  hello.block(2); // ciphers
  hello.block(1); // compressions
  const extensions = createReader(hello.left() > 0 ? hello.block(2) : Buffer.alloc(0));
  let name: string | null = null;
  while (extensions.left() > 0) {
    const type = extensions.number(2);
    const content = extensions.block(2);
    if (type !== SERVER_NAME) continue;
    if (name !== null) throw new Error("named twice");
    const list = createReader(createReader(content).block(2));
    if (list.number(1) !== HOST_NAME) throw new Error("not the name of a host");
    name = list.block(2).toString("latin1").toLowerCase();
    if (list.left() > 0) throw new Error("more than one name");
  }
  return name;
}

/** Reads numbers and blocks that begin with their length; throws where there is too little. */
function createReader(bytes: Buffer) {
  let at = 0;
  function take(count: number): Buffer {
    if (at + count > bytes.length) throw new Error("too short");
    at += count;
    return bytes.subarray(at - count, at);
  }
  const number = (size: number) => take(size).readUIntBE(0, size);
  return { take, number, block: (size: number) => take(number(size)), left: () => bytes.length - at };
}
