// The floor of an export: COPY of all activities to stdout and nothing else. TB_HOME names the database.
import { pipeline } from "node:stream/promises";
import { Client } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { createEmbeddedPostgres } from "../src/adapters/database-cluster/embedded-postgres.ts";

const server = createEmbeddedPostgres({ home: process.env.TB_HOME! }, "control");
const client = new Client({ ...(await server.administrator()), database: "tb_control" });
await client.connect();
await pipeline(client.query(copyTo("copy tb.project_actions to stdout")), process.stdout, { end: false });
await client.end();
