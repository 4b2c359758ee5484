import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selectDatabaseCluster } from "../../../src/adapters/database-cluster/select-database-cluster.ts";
import { scratchHome, type ScratchHome, type StandIn } from "../../helpers/postgres.ts";
import { databaseClusterContract } from "./database-cluster.contract.ts";
import { readyStandIn } from "../../helpers/homes.ts";

databaseClusterContract("the embedded cluster", async () => {
  const { config, remove } = await scratchHome();
  return {
    cluster: selectDatabaseCluster(config),
    again: () => selectDatabaseCluster(config),
    closesFunctions: true,
    closesSharedDatabases: true,
    remove,
  };
});

for (const administrator of ["superuser", "ordinary"] as const) {
  databaseClusterContract(`a server of the user's own, its administrator ${administrator}`, async () => {
    const standIn = await readyStandIn(administrator);
    const { config, remove } = await scratchHome(standIn.env);
    return {
      cluster: selectDatabaseCluster(config),
      again: () => selectDatabaseCluster(config),
      closesFunctions: administrator === "superuser",
      closesSharedDatabases: false,
      remove: async () => {
        await remove();
        await standIn.remove();
      },
    };
  });
}

describe("a server that is shared or out of reach", () => {
  let standIn: StandIn;
  let scratch: ScratchHome;
  beforeAll(async () => {
    standIn = await readyStandIn();
    scratch = await scratchHome(standIn.env);
  });
  afterAll(async () => {
    await scratch.remove();
    await standIn.remove();
  });

  test("a project's own database is not torn from its app to copy it: that waits, then says so", async () => {
    const [cluster, live] = [selectDatabaseCluster(scratch.config), "turbobackend_prj_live"];
    await cluster.provision("prj_live", live);
    const app = new Client(await cluster.connection("prj_live", "app", live));
    await app.connect();
    await expect(cluster.copy("prj_live", live, `${live}_dev`)).rejects.toMatchObject({
      code: "transient",
      message: `The database ${live} cannot be copied while it is in use (sessions: 1).`,
    });
    expect((await app.query("select 1 as alive")).rows).toEqual([{ alive: 1 }]);
    await app.end();
    expect(await cluster.listDatabases()).toEqual([live]);
    await cluster.dropDatabase(live);
  });

  test("lists only the databases of its own installation", async () => {
    const other = await scratchHome(standIn.env);
    const [mine, theirs] = [selectDatabaseCluster(scratch.config), selectDatabaseCluster(other.config)];
    await mine.provision("prj_mine", "turbobackend_prj_mine");
    await theirs.provision("prj_theirs", "turbobackend_prj_theirs");
    expect(await mine.listDatabases()).toEqual(["turbobackend_prj_mine"]);
    expect(await theirs.listDatabases()).toEqual(["turbobackend_prj_theirs"]);
    await other.remove();
  });

  test("a user who may not create databases and roles is told which command helps", async () => {
    const client = new Client({ ...standIn.settings, database: "postgres" });
    await client.connect();
    await client.query("create role weak login password 'weak'");
    await client.end();
    const cluster = selectDatabaseCluster({
      home: scratch.home,
      projectsCluster: { ...standIn.settings, user: "weak", password: "weak" },
    });
    await expect(cluster.ensure()).rejects.toMatchObject({
      code: "configuration",
      suggestion: expect.stringContaining("ALTER ROLE weak CREATEDB CREATEROLE"),
    });
  });

  test("a wrong password, an unknown host and a server that is down each have their own code, and no password is shown", async () => {
    for (const [change, code] of [
      [{ password: "wrong-secret" }, "authentication"],
      [{ host: "no-such-host.invalid" }, "configuration"],
      [{ port: 1 }, "transient"],
    ] as const) {
      const cluster = selectDatabaseCluster({
        home: scratch.home,
        projectsCluster: { ...standIn.settings, ...change },
      });
      const error: unknown = await cluster.ensure().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code, suggestion: expect.stringContaining("DB_CLUSTER_HOST") });
      expect(String(error)).not.toMatch(new RegExp(`wrong-secret|${standIn.settings.password}`));
    }
  });
});
