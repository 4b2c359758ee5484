// A free port for the development server.
import { TbError } from "../errors.ts";
import { isPortFree } from "../processes/is-port-free.ts";

/** Where the project's own `npm run dev` listens as well. */
export const FIRST_PORT = 3000;
const COUNT = 200;

/** The first port from `first` up that nobody listens on. Throws TbError "configuration" when there is none. */
export async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + COUNT && port <= 65_535; port++) if (await isPortFree(port)) return port;
  throw new TbError("configuration", `No port from ${first} to ${first + COUNT - 1} is free.`, {
    suggestion: "--port PORT      name one that is",
  });
}

/** The port that was asked for, if it is free. Throws TbError "conflict" with one that is. */
export async function requirePort(port: number): Promise<number> {
  if (await isPortFree(port)) return port;
  throw portTaken(port, await freePort(port + 1));
}

export function portTaken(port: number, other: number): TbError {
  return new TbError("conflict", `Port ${port} is in use by another program.`, {
    suggestion: `--port ${other}      is free`,
    parks: false,
  });
}
