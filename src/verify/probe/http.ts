// Requests over a Unix socket, bounded in time and size: what answers is not trusted.
import { request } from "node:http";
import { socketAgent } from "../../processes/connect-socket.ts";

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 2_000_000;

interface HttpRequest {
  method: string;
  /** With the query. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface HttpAnswer {
  status: number;
  contentType: string;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
  /** undefined when the text is not JSON. */
  json: unknown;
  /** Milliseconds from sending to the end of the answer. */
  ms: number;
}

export interface HttpClient {
  /** Never rejects: no answer, a slow one or one that is too large is `failed`. */
  send(request: HttpRequest): Promise<HttpAnswer | { failed: string }>;
  close(): void;
}

/** The server ended a kept connection between two requests: not an answer to the second one. */
class StaleConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

export function createClient(socketPath: string): HttpClient {
  const agent = socketAgent(socketPath, { keepAlive: true, maxSockets: 4 });

  function exchange(input: HttpRequest, keepAlive: boolean): Promise<HttpAnswer> {
    const { method, path, headers, body } = input;
    const since = performance.now();
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: keepAlive ? agent : socketAgent(socketPath),
          method,
          path,
          headers: { host: "localhost", ...headers },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on("data", (chunk: Buffer) => {
            size += chunk.length;
            chunks.push(chunk);
            if (size > MAX_BYTES) outgoing.destroy(new Error(`the answer is larger than ${MAX_BYTES} bytes`));
          });
          incoming.on("error", reject);
          incoming.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            const contentType = incoming.headers["content-type"] ?? "";
            resolve({
              status: incoming.statusCode ?? 0,
              contentType,
              headers: incoming.headers,
              text,
              json: parse(text),
              ms: performance.now() - since,
            });
          });
        },
      );
      const deadline = setTimeout(
        () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)),
        TIMEOUT_MS,
      );
      outgoing.on("close", () => clearTimeout(deadline));
      outgoing.on("error", (error) => reject(outgoing.reusedSocket ? new StaleConnection(error) : error));
      outgoing.end(body);
    });
  }

  return {
    async send(request) {
      try {
        return await exchange(request, true);
      } catch (error) {
        if (!(error instanceof StaleConnection)) return failed(error);
      }
      try {
        return await exchange(request, false);
      } catch (error) {
        return failed(error);
      }
    },
    close: () => agent.destroy(),
  };
}

function failed(error: unknown): { failed: string } {
  return { failed: error instanceof Error ? error.message : String(error) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
