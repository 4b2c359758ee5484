// What one command is given of the world outside: databases, the npm registry, or nothing.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { openDatabaseGate } from "./gate/database-gate.ts";
import type { SandboxPlace } from "./process-tier.ts";
import { openRegistryDoor } from "./registry/registry-door.ts";
import type { DatabaseDoor, Databases, ExecOptions, RegistryConnection } from "./sandbox.ts";

export interface CommandDoors {
  /** Where the command finds them. */
  readonly place: SandboxPlace;
  readonly env: Record<string, string>;
  connections(): RegistryConnection[];
  close(): Promise<void>;
}

export type DoorOptions = Pick<ExecOptions, "databases" | "registry">;

export async function openDoors(
  config: Config,
  place: SandboxPlace,
  { databases, registry = false }: DoorOptions,
  onBroken: () => void,
): Promise<CommandDoors> {
  const database = databases ? await openDatabaseDoor(place, shortName(), databases, onBroken) : null;
  try {
    const packages = registry ? await openRegistryDoor(config, place, join(place.gates[0]!, shortName())) : null;
    return {
      place: packages ? { ...place, bins: [packages.bin], reads: packages.reads } : place,
      env: database ? { DB_HOST: database.host, DB_PORT: String(database.port) } : {},
      connections: () => packages?.connections() ?? [],
      async close() {
        await Promise.all([database?.close(), packages?.close()]);
      },
    };
  } catch (error) {
    await database?.close();
    throw error;
  }
}

/** @param name few characters, so that the socket's path is short enough. */
export function openDatabaseDoor(
  place: SandboxPlace,
  name: string,
  databases: Databases,
  onBroken: () => void,
  ready?: () => Promise<unknown>,
): Promise<DatabaseDoor> {
  const folder = join(place.gates[0]!, name);
  return openDatabaseGate({ folder, owner: place.owner, databases, onBroken, ...(ready && { ready }) });
}

function shortName(): string {
  return randomBytes(2).toString("hex");
}
