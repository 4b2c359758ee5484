// Forwards HTTP from a port to whatever Unix socket serves at the moment. It works request by request, not byte by byte:
// so clients keep their connections while the server behind is replaced, and no request falls between the two.
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";
import { connectToSocket, socketAgent } from "./connect-socket.ts";

export interface HttpForwarder {
  readonly server: Server;
  /** Resolves when no request is under way at this socket any more, or after `limit` milliseconds. */
  drained(socketPath: string, limit: number): Promise<void>;
}

/** Headers that belong to one connection (RFC 9110, 7.6.1). Transfer-Encoding stays: Node frames the body by it. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"]);

const STARTING = "The application is starting. Try again shortly.";

/** @param target the socket that serves now; null = nothing does, which is answered with 503. */
export function createHttpForwarder(target: () => string | null): HttpForwarder {
  const underWay = new Map<string, Set<object>>();
  const waiting = new Set<() => void>();

  function enter(socketPath: string): () => void {
    const token = {};
    const tokens = underWay.get(socketPath) ?? new Set();
    underWay.set(socketPath, tokens.add(token));
    return () => {
      tokens.delete(token);
      if (tokens.size === 0) underWay.delete(socketPath);
      for (const check of waiting) check();
    };
  }

  const server = createServer((request, response) => {
    const socketPath = target();
    if (!socketPath) return answer(response, 503, "Service Unavailable", STARTING);
    response.once("close", enter(socketPath));
    forward(request, response, socketPath);
  });

  server.on("upgrade", (request, socket, head) => {
    const socketPath = target();
    if (!socketPath) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\r\n");
      return;
    }
    socket.once("close", enter(socketPath));
    tunnel(request, socket, head, socketPath);
  });

  return {
    server,
    drained(socketPath, limit) {
      return new Promise((resolve) => {
        const check = () => {
          if (!underWay.has(socketPath)) finish();
        };
        const finish = () => {
          clearTimeout(timer);
          waiting.delete(check);
          resolve();
        };
        const timer = setTimeout(finish, limit);
        waiting.add(check);
        check();
      });
    },
  };
}

function forward(request: IncomingMessage, response: ServerResponse, socketPath: string): void {
  // A connection per request: a kept one could be closed by the server at the moment it is used again. The server is told
  // to keep it all the same, because before closing it would not read the rest of a body that it refuses.
  const headers = [...endToEnd(request.rawHeaders), "Connection", "keep-alive"];
  const upstream = httpRequest({ agent: socketAgent(socketPath), method: request.method, path: request.url, headers });
  upstream.on("response", (incoming) => {
    response.sendDate = false; // the application's own headers, nothing added
    try {
      response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, endToEnd(incoming.rawHeaders));
    } catch {
      incoming.destroy(); // a status or header that HTTP does not allow
      answer(response, 502, "Bad Gateway", "The application answered with invalid headers.");
      return;
    }
    pipeline(incoming, response, (error) => {
      if (error) response.destroy();
      // An answer that came before the whole body did: the rest is read and dropped, so the client can go on.
      request.unpipe(upstream);
      if (!upstream.writableFinished) upstream.destroy();
      request.resume();
    });
  });
  upstream.on("error", (error: NodeJS.ErrnoException) => {
    if (response.headersSent) return; // the answer's own pipeline ends it
    // What may have changed something is not called repeatable: 503 invites clients to try again by themselves.
    const untouched = error.code === "ECONNREFUSED" || error.code === "ENOENT";
    if (untouched || isSafe(request)) answer(response, 503, "Service Unavailable", STARTING);
    else answer(response, 502, "Bad Gateway", "The application ended before it answered.");
  });
  response.on("close", () => {
    if (!response.writableFinished) upstream.destroy(); // the client has gone
  });
  request.pipe(upstream);
}

function isSafe({ method }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

function answer(response: ServerResponse, status: number, title: string, detail: string): void {
  const body = JSON.stringify({ type: "about:blank", title, status, detail });
  response.writeHead(status, {
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    ...(status === 503 && { "Retry-After": "1" }),
  });
  response.end(body);
}

/** WebSockets: the same bytes both ways. */
function tunnel(request: IncomingMessage, socket: Duplex, head: Buffer, socketPath: string): void {
  const upstream = connectToSocket(socketPath).on("connect", () => {
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let i = 0; i < request.rawHeaders.length; i += 2)
      lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    upstream.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  });
  for (const [one, other] of [
    [socket, upstream],
    [upstream, socket],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}

function endToEnd(rawHeaders: string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (!HOP_BY_HOP.has(rawHeaders[i]!.toLowerCase())) kept.push(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  return kept;
}
