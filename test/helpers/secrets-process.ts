// A process of its own that asks for this installation's secrets; prints one line of JSON.
import { readConfig } from "../../src/config.ts";
import { createSecretStore } from "../../src/secrets/secret-store.ts";

const store = createSecretStore(readConfig());
const answer = { ok: true, id: await store.installationId(), key: await store.installationKey() };
process.stdout.write(JSON.stringify(answer));
