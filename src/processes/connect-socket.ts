// Connects to a Unix socket in a folder that hostile code can write to: it may put a link there that leads to another socket
// of this machine, at any moment. So the socket is opened first, without following links, and connected to as what was opened.
import { closeSync, constants, fstatSync, lstatSync, openSync } from "node:fs";
import { Agent, type AgentOptions } from "node:http";
import { connect, Socket } from "node:net";

/** open(2): names a file without opening what it stands for. Node has no name for it; the number is the same on x64 and arm64. */
const O_PATH = 0o10000000;

/** Emits "error" when there is no socket at the path itself. */
export function connectToSocket(path: string): Socket {
  try {
    return process.platform === "linux" ? connectOpened(path) : connectChecked(path);
  } catch (error) {
    const socket = new Socket();
    process.nextTick(() => socket.destroy(error instanceof Error ? error : new Error(String(error))));
    return socket;
  }
}

/** For requests over HTTP to it. */
export function socketAgent(path: string, options: AgentOptions = {}): Agent {
  const agent = new Agent(options);
  agent.createConnection = () => connectToSocket(path);
  return agent;
}

function connectOpened(path: string): Socket {
  const handle = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    requireSocket(path, fstatSync(handle));
    return connect(`/proc/self/fd/${handle}`); // the system call is made at once
  } finally {
    closeSync(handle);
  }
}

/** Elsewhere there is a moment between the look and the connection. */
function connectChecked(path: string): Socket {
  requireSocket(path, lstatSync(path));
  return connect(path);
}

function requireSocket(path: string, stats: { isSocket(): boolean }): void {
  if (!stats.isSocket()) throw Object.assign(new Error(`${path} is not a socket.`), { code: "ENOTSOCK" });
}
