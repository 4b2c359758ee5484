// Backups and restores on a server of the user's own, whose administrator may create databases and roles and nothing more.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { readConfig } from "../../src/config.ts";
import type { CheckResult } from "../../src/control/database-check.ts";
import type { StatsResult } from "../../src/control/database-stats.ts";
import type { BackupResult } from "../../src/pipeline/phases/back-up.ts";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import type { RestoreResult } from "../../src/pipeline/phases/record-restore.ts";
import type { StandIn } from "../helpers/postgres.ts";
import { removeTbHome, tbData, tbHome } from "../helpers/tb.ts";
import { readyStandIn } from "../helpers/homes.ts";

let server: StandIn;
let home: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await readyStandIn("ordinary");
  home = await tbHome(inject("sharedCache"));
  env = { ...server.env, PG_CONTROL_URL: server.url(await server.createDatabase("steering")) };
});
afterAll(async () => {
  await removeTbHome(home);
  await server.remove();
});

test("a project and tb's own state are backed up, restored, checked and measured there", async () => {
  const { database } = await tbData<CreateResult>(
    home,
    ["create", "notes(title)", "--name", "there", "--no-deploy"],
    env,
  );
  const cluster = selectDatabaseCluster(readConfig({ PATH: process.env.PATH, TB_HOME: home, ...env }));
  const insert = (title: string) =>
    cluster.query(database.name!, "insert into notes (id, title, created_at, updated_at) values ($1, $1, 1, 1)", [
      title,
    ]);
  await insert("kept");
  const { backups } = await tbData<BackupResult>(home, ["db", "backup"], env);
  expect(backups.map(({ kind, rows }) => `${kind} ${rows > 0}`)).toEqual(["project true", "control true"]);
  await insert("late");
  const restored = await tbData<RestoreResult>(
    home,
    ["db", "restore", "there", backups[0]!.id, "--confirm", "there"],
    env,
  );
  expect(restored).toMatchObject({ rows: 1, serving: null, safety_backup: { rows: 2 } });
  expect((await cluster.query(database.name!, "select title from notes")).rows).toEqual([{ title: "kept" }]);
  expect(await cluster.listDatabases()).toEqual([database.name]);
  await tbData(home, ["db", "restore", "control", backups[1]!.id, "--confirm", "control"], env);
  expect(await tbData<CheckResult>(home, ["db", "check"], env)).toMatchObject({ outcome: "consistent" });
  const { clusters } = await tbData<StatsResult>(home, ["db", "stats"], env);
  expect(clusters.map(({ kind, running }) => `${kind} ${running}`)).toEqual(["external true", "external true"]);
  expect(await tbData<object>(home, ["cleanup", "--yes"], env)).toMatchObject({ outcome: "unchanged" });
});
