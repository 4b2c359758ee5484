// What fails while the database server is away is not blamed on what was tried.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmbeddedPostgres } from "../../src/adapters/database-cluster/embedded-postgres.ts";
import { selectAdapters } from "../../src/adapters/index.ts";
import { foreseenError } from "../../src/foreseen-error.ts";
import { judgeUndisturbed } from "../../src/pipeline/judge-undisturbed.ts";
import { writeSomething } from "../../src/pipeline/require-room.ts";
import type { Run } from "../../src/pipeline/types.ts";
import { whileDatabaseAnswers } from "../../src/pipeline/while-database-answers.ts";
import type { Verdict } from "../../src/verify/verdict.ts";
import { readyScratch } from "../helpers/homes.ts";
import { stopServer } from "../helpers/faults/postgres-server.ts";
import type { ScratchHome } from "../helpers/postgres.ts";

let scratch: ScratchHome;
let run: Run;

beforeAll(async () => {
  scratch = await readyScratch();
  run = { adapters: selectAdapters(scratch.config), emit: async () => {} } as unknown as Run;
});
afterAll(async () => {
  await run.adapters.close();
  await scratch.remove();
});

const undisturbed = { brokenSessions: () => 0, killedPrograms: () => 0, isDiskNearlyFull: () => false };

const fullServer = () => Promise.reject(Object.assign(new Error("could not extend file"), { code: "53100" }));

/** How often a verdict is asked for, when so many sessions break and programs are killed during each. */
async function asked(passed: boolean, { broken = 0, killed = 0 }): Promise<number> {
  let times = 0;
  const sandbox = { ...undisturbed, brokenSessions: () => times * broken, killedPrograms: () => times * killed };
  await judgeUndisturbed(run, { sandbox, cluster: null }, async () => {
    times += 1;
    return { passed } as Verdict;
  });
  return times;
}

test("a verdict that found faults while sessions broke or a program was killed is looked for once more, and no other one", async () => {
  expect(await asked(false, { broken: 1 })).toBe(2);
  expect(await asked(false, { killed: 1 })).toBe(2);
  expect(await asked(false, {})).toBe(1);
  expect(await asked(true, { broken: 1, killed: 1 })).toBe(1);
});

test("a verdict that found faults while the server hung is looked for once more", async () => {
  const cluster = await run.adapters.databaseCluster();
  await cluster.ensure();
  let times = 0;
  const judge = async () => {
    times += 1;
    if (times > 1) return { passed: true } as Verdict;
    const goOn = await stopServer(scratch.home, "projects");
    await sleep(4500);
    await goOn();
    return { passed: false } as Verdict;
  };
  expect(await judgeUndisturbed(run, { sandbox: undisturbed, cluster }, judge)).toEqual({ passed: true });
  times = 0;
  await judgeUndisturbed(run, { sandbox: undisturbed, cluster }, async () => {
    times += 1;
    return { passed: false } as Verdict;
  });
  expect(times).toBe(1);
});

test("a verdict that found faults where there was no room says nothing", async () => {
  const full = { ...undisturbed, isDiskNearlyFull: () => true };
  const [bad, good] = [{ passed: false } as Verdict, { passed: true } as Verdict];
  await expect(judgeUndisturbed(run, { sandbox: full, cluster: null }, async () => bad)).rejects.toMatchObject({
    code: "transient",
    message: expect.stringContaining("The disk is nearly full"),
  });
  expect(await judgeUndisturbed(run, { sandbox: full, cluster: null }, async () => good)).toBe(good);
  const cluster = { session: fullServer };
  const judging = judgeUndisturbed(run, { sandbox: undisturbed, cluster }, async () => bad);
  await expect(judging).rejects.toSatisfy((error) => foreseenError(error)?.code === "transient");
});

test("a server where nothing may be written is only asked whether it answers", async () => {
  const asked: string[] = [];
  await writeSomething(async (text) => {
    asked.push(text);
    if (text.startsWith("create")) throw Object.assign(new Error("permission denied"), { code: "42501" });
    return { rows: [] } as never;
  });
  expect(asked.at(-1)).toBe("select 1");
  await expect(writeSomething(fullServer)).rejects.toThrow("could not extend file");
});

const failed = () => Promise.reject(new Error("not healthy"));

test("work that fails on a server that answers has failed", async () => {
  await expect(whileDatabaseAnswers(run, failed)).rejects.toThrow("not healthy");
  expect(await whileDatabaseAnswers(run, async () => "fine")).toBe("fine");
});

test("work that fails on a server that goes away, or hangs, waits for a better time", async () => {
  const server = createEmbeddedPostgres(scratch.config, "projects");
  const away = whileDatabaseAnswers(run, async () => {
    await server.stop();
    return failed();
  });
  await expect(away).rejects.toSatisfy((error) => foreseenError(error)?.code === "transient");
  const hanging = whileDatabaseAnswers(run, async () => {
    const goOn = await stopServer(scratch.home, "projects");
    setTimeout(() => void goOn(), 4000);
    return failed();
  });
  await expect(hanging).rejects.toMatchObject({ code: "transient", message: expect.stringContaining("in time") });
});
