// Who may work on a project, with a real control database.
import { hostname } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openControl, type Control } from "../../src/control/database.ts";
import { withFreeProject } from "../../src/control/project-lock.ts";
import { reserveProject } from "../../src/control/projects.ts";
import { viewRuns } from "../../src/control/run-view.ts";
import { insertRun, settleRun, takeLease } from "../../src/control/runs.ts";
import { newId } from "../../src/ids.ts";
import { leaseOwner } from "../../src/pipeline/lease-owner.ts";
import type { ScratchHome } from "../helpers/postgres.ts";
import { readyScratch } from "../helpers/homes.ts";

let scratch: ScratchHome;
let control: Control;
const DEAD = JSON.stringify({ host: hostname(), pid: 999_999_999, started: "0" });

beforeAll(async () => {
  scratch = await readyScratch();
  control = await openControl(scratch.config);
});
afterAll(async () => {
  await control.close();
  await scratch.remove();
});

test("of many runs that begin at the same moment one works, and the others learn which", async () => {
  const projectId = await project();
  const begun = await Promise.allSettled(Array.from({ length: 6 }, () => begin(projectId, "deploy")));
  const winner = begun.find((one) => one.status === "fulfilled");
  const refused = begun.filter((one) => one.status === "rejected");
  expect(refused).toHaveLength(5);
  for (const { reason } of refused) {
    expect(reason).toMatchObject({
      code: "conflict",
      parks: false,
      message: expect.stringContaining(`is being deployed by run ${winner!.value}`),
      suggestion: `tb runs watch ${winner!.value}`,
    });
  }
  expect(await control.query("select 1 from runs where project_id = $1", [projectId])).toHaveLength(1);
});

test("a run that has ended or whose process has died is in nobody's way; a parked one only of what takes all away", async () => {
  const projectId = await project();
  const first = await begin(projectId, "deploy");
  await settleRun(control, first, 1, { state: "succeeded", error: null, result: {} });
  const second = await begin(projectId, "deploy", DEAD);
  await expect(begin(projectId, "destroy", leaseOwner(), true)).rejects.toMatchObject({
    code: "conflict",
    suggestion: `tb cancel ${second}`,
  });
  const third = await begin(projectId, "deploy");
  await expect(begin(projectId, "destroy", leaseOwner(), true)).rejects.toMatchObject({
    suggestion: `tb runs watch ${third}`,
  });
});

test("a removal that was begun lets nothing else begin", async () => {
  const projectId = await project();
  await begin(projectId, "destroy", DEAD, true);
  await expect(begin(projectId, "deploy")).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("can only be finished"),
  });
});

test("different projects are in nobody's way", async () => {
  await Promise.all([begin(await project(), "deploy"), begin(await project(), "deploy")]);
});

test("runs are filtered by what they really are, before the limit", async () => {
  const [one, other] = [await project(), await project()];
  const parked = await begin(one, "deploy", DEAD);
  for (let i = 0; i < 3; i++) {
    const done = await begin(other, "deploy");
    await settleRun(control, done, 1, { state: "failed", error: null, result: null });
  }
  const running = await begin(other, "deploy");
  expect(await ids({ state: "parked", projectId: one, limit: 1 })).toEqual([parked]);
  expect(await ids({ state: "running", projectId: other, limit: 1 })).toEqual([running]);
  expect(await ids({ state: "running", projectId: one, limit: 10 })).toEqual([]);
  expect(await ids({ state: "failed", projectId: other, limit: 2 })).toHaveLength(2);
  expect(await ids({ projectId: other, limit: 10 })).toHaveLength(4);
});

async function ids(filter: Parameters<typeof viewRuns>[2]): Promise<string[]> {
  return (await viewRuns(control, "someone", filter)).map(({ id }) => id);
}

async function project(): Promise<string> {
  const projectId = newId("prj");
  await reserveProject(control, { projectId, ownerId: "someone", name: projectId.replace("_", "-") });
  return projectId;
}

async function begin(projectId: string, pipeline: string, owner = leaseOwner(), alone = false): Promise<string> {
  const runId = newId("run");
  await withFreeProject(control, { projectId, runId, alone }, async (inside) => {
    await new Promise((resolve) => setTimeout(resolve, 30)); // so that those which begin together do overlap
    await insertRun(inside, {
      runId,
      pipeline,
      ownerId: "someone",
      projectId,
      requestId: null,
      modificationId: null,
      input: {},
      version: "0",
    });
    await takeLease(inside, runId, 0, owner);
  });
  return runId;
}
