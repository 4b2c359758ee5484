// A session whose text form of every value is fixed, so that what one writes another one reads, and equal rows are equal bytes.
import { Client, type ClientConfig } from "pg";

const SETTINGS: Record<string, string> = {
  datestyle: "ISO, YMD",
  intervalstyle: "postgres",
  timezone: "UTC",
  bytea_output: "hex",
  extra_float_digits: "1",
  row_security: "off", // rows that a policy hides are an error, not left out
  synchronize_seqscans: "off", // rows come in the order in which they lie
  idle_in_transaction_session_timeout: "0",
  statement_timeout: "0",
};

/** Runs the work in a session of its own; leaving early ends what the session was doing. */
export async function withSession<T>(settings: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    ...settings,
    application_name: "tb",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  });
  client.on("error", () => {}); // the statement under way fails with the same error
  try {
    await client.connect();
    await fixTextForm(client);
    return await work(client);
  } finally {
    await client.end();
  }
}

async function fixTextForm(client: Client): Promise<void> {
  await client.query("select set_config(name, value, false) from unnest($1::text[], $2::text[]) as s (name, value)", [
    Object.keys(SETTINGS),
    Object.values(SETTINGS),
  ]);
}
