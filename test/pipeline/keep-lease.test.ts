import { expect, test } from "vitest";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { openControl } from "../../src/control/database.ts";
import { insertRun, takeLease } from "../../src/control/runs.ts";
import type { TbError } from "../../src/errors.ts";
import { newId } from "../../src/ids.ts";
import { keepLease } from "../../src/pipeline/keep-lease.ts";
import { readyScratch } from "../helpers/homes.ts";

test("a lease is lost when another process takes it, and when its database falls silent", async () => {
  const { config, remove } = await readyScratch();
  const control = await openControl(config);
  try {
    const runId = newId("run");
    await insertRun(control, {
      runId,
      pipeline: "create",
      ownerId: "someone",
      projectId: null,
      requestId: null,
      modificationId: null,
      input: {},
      version: "0",
    });
    const mine = (await takeLease(control, runId, 0, "{}"))!;
    const taken = Promise.withResolvers<TbError>();
    const stopFirst = keepLease(control, runId, mine, taken.resolve, 0.4);
    const theirs = (await takeLease(control, runId, mine, "{}"))!;
    expect(await taken.promise).toMatchObject({ code: "interrupted" });
    stopFirst();

    const silent = Promise.withResolvers<TbError>();
    const stopSecond = keepLease(control, runId, theirs, silent.resolve, 0.4);
    await createEmbeddedPostgres(config, "control").stop();
    expect(await silent.promise).toMatchObject({ code: "transient", parks: true, suggestion: "tb db status" });
    stopSecond();
  } finally {
    await control.close();
    await remove();
  }
});
