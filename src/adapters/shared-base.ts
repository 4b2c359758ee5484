// Where tb keeps, as root, what another user id must be able to reach: a home below /root cannot be entered by anyone else.
import { join } from "node:path";

/** Every installation has a folder of its own in it. */
export const SHARED_BASE = "/var/lib/turbobackend";

export function sharedBase(installation: string): string {
  return join(SHARED_BASE, installation);
}
