// Every way out of tb, with a secret on it: none may pass, in no form, whole or in pieces.
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRotatingLog } from "../../src/adapters/deploy-target/rotating-log.ts";
import { selectDatabaseCluster } from "../../src/adapters/database-cluster/select-database-cluster.ts";
import { createLocalSandboxProvider } from "../../src/adapters/sandbox/local-sandbox.ts";
import type { Sandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { callModel } from "../../src/agent/call-model.ts";
import { keepHead, keepTail } from "../../src/agent/output-limits.ts";
import { readConfig } from "../../src/config.ts";
import { openControl, type Control } from "../../src/control/database.ts";
import { findRun, insertRun, takeLease } from "../../src/control/runs.ts";
import { TbError, toErrorJson } from "../../src/errors.ts";
import { newId } from "../../src/ids.ts";
import { createHost } from "../../src/pipeline/run-host.ts";
import { createVoice } from "../../src/pipeline/run-events.ts";
import { leaseOwner } from "../../src/pipeline/lease-owner.ts";
import type { RunEvent } from "../../src/pipeline/types.ts";
import { rememberSecret } from "../../src/secrets/redactor.ts";
import { formsOf } from "../../src/secrets/secret-forms.ts";
import { createSecretStore } from "../../src/secrets/secret-store.ts";
import { answer, createAgentWorld, inTurn } from "../helpers/agent-run.ts";
import { readyScratch } from "../helpers/homes.ts";
import type { ScratchHome } from "../helpers/postgres.ts";
import { tb } from "../helpers/tb.ts";
import { plainTier } from "../helpers/tiers.ts";

const SECRET = `${randomBytes(24).toString("base64url")}/"+é`;
const FORMS = formsOf(SECRET);
/** All forms, with words between. */
const EVERYTHING = FORMS.map((form, index) => `${index}: ${form} ;`).join("\n");
const PROJECT = "prj_secrets001";

let scratch: ScratchHome;
let control: Control;

beforeAll(async () => {
  rememberSecret(SECRET);
  scratch = await readyScratch();
  control = await openControl(scratch.config);
});
afterAll(async () => {
  await control.close();
  await scratch.remove();
});

function expectNone(said: unknown): void {
  const text = typeof said === "string" ? said : JSON.stringify(said);
  expect(FORMS.filter((form) => text.includes(form) || text.includes(JSON.stringify(form).slice(1, -1)))).toEqual([]);
  expect(text).toContain("[redacted]");
}

async function newRun() {
  const runId = newId("run");
  await insertRun(control, {
    runId,
    pipeline: "create",
    ownerId: "someone",
    projectId: PROJECT,
    requestId: null,
    modificationId: null,
    input: {},
    version: "0",
  });
  const token = (await takeLease(control, runId, 0, leaseOwner()))!;
  const heard: RunEvent[] = [];
  const row = await findRun(control, runId);
  const voice = createVoice({ control, sinks: [(event) => void heard.push(event)], row, token });
  return { runId, row, heard, voice };
}

describe("what a run says", () => {
  test("in events, the timeline and its end is clean when it is told and when it is stored", async () => {
    const { runId, heard, voice } = await newRun();
    const error = toErrorJson(new TbError("failure", EVERYTHING));
    await voice.emit({ type: "progress", phase: "x", text: EVERYTHING });
    await voice.emit({ type: "tool.started", phase: "x", tool: "run", summary: EVERYTHING });
    await voice.emit({
      type: "activity",
      phase: "x",
      action: "deployment",
      details: EVERYTHING,
      references: { url: EVERYTHING },
    });
    await voice.emit({ type: "phase.finished", phase: "x", summary: EVERYTHING });
    await voice.warn(EVERYTHING);
    await voice.tell({ type: "run.failed", error: { ...error, message: EVERYTHING, details: [EVERYTHING] } });
    const result = { text: EVERYTHING, [SECRET]: 1 };
    await voice.close({ type: "run.finished", result }, { state: "succeeded", error: null, result });
    expect(heard).toHaveLength(7);
    for (const event of heard) expectNone(event);
    const stored = await control.query("select payload from run_events where run_id = $1", [runId]);
    expect(stored).toHaveLength(6);
    for (const row of stored) expectNone(row);
    expectNone(
      await control.query("select action_details, reference_ids from project_actions where run_id = $1", [runId]),
    );
    expectNone(await control.query("select result from runs where run_id = $1", [runId]));
  });

  test("in the results of its steps is clean before it is kept", async () => {
    const { row, voice } = await newRun();
    const kept: unknown[] = [];
    const signal = new AbortController().signal;
    const host = createHost({ row, control, adapters: {} as never, signal, voice, park: () => {} }, async (_, work) => {
      const record = await work();
      kept.push(record);
      return record;
    });
    expectNone(await host.runFor("x").step("s", async () => ({ text: EVERYTHING })));
    await expect(
      host.runFor("x").step("t", async () => {
        throw new TbError("failure", EVERYTHING, { parks: false });
      }),
    ).rejects.toThrow("[redacted]");
    for (const record of kept) expectNone(record);
  });
});

test("an error as data is clean in all its parts", () => {
  const error = new TbError("failure", EVERYTHING, { suggestion: EVERYTHING, details: [EVERYTHING, "x"] });
  expectNone(toErrorJson(error));
  expectNone(toErrorJson(new Error(EVERYTHING)));
  expectNone(toErrorJson(EVERYTHING));
});

test("a model is sent none, in no part of a call", async () => {
  const world = await createAgentWorld();
  try {
    const run = await world.newRun();
    await callModel(run.attempt(inTurn(answer("Yes."))), "agent-1", {
      purpose: "agent",
      system: EVERYTHING,
      messages: [
        { role: "user", text: EVERYTHING },
        { role: "assistant", text: "", toolCalls: [{ id: "1", name: "x", arguments: { [SECRET]: [EVERYTHING] } }] },
        { role: "tool", callId: "1", name: "x", text: EVERYTHING, failed: false },
      ],
      tools: [{ name: "x", description: EVERYTHING, parameters: {} }],
    });
    expectNone(run.calls);
  } finally {
    await world.stop();
  }
});

test("what is cut short is cleaned before: no half of one is left at the cut", () => {
  for (const keep of [keepHead, keepTail]) {
    for (const length of [10, 20, SECRET.length - 1]) {
      const { text } = keep(keep === keepHead ? `x${SECRET}` : `${SECRET}x`, 1, length);
      expect(text).not.toContain(SECRET.slice(0, 5));
      expect(text).not.toContain(SECRET.slice(-5));
    }
  }
});

describe("what programs print that were given one", () => {
  let sandbox: Sandbox;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const config = { ...readConfig(), home: await mkdtemp(join(tmpdir(), "tb-secrets-")) };
    const provider = createLocalSandboxProvider(config, plainTier);
    sandbox = await provider.create("sbx_secrets");
    remove = async () => {
      await provider.destroy("sbx_secrets");
      await rm(config.home, { recursive: true, force: true });
    };
  });
  afterAll(() => remove());

  test.each([
    ["as it is", "process.stdout.write('x' + secret + 'y')"],
    [
      "byte by byte",
      "for (const byte of Buffer.from('x' + secret + 'y')) require('node:fs').writeSync(1, Buffer.from([byte]))",
    ],
    ["to both streams", "process.stdout.write(secret); process.stderr.write(secret)"],
    ["in base64", "console.log(Buffer.from('user:' + secret).toString('base64'))"],
    ["in hexadecimal", "console.log(Buffer.from(secret).toString('hex'))"],
    ["as an address", "console.log('postgres://app:' + encodeURIComponent(secret) + '@host/db')"],
    ["in JSON", "console.log(JSON.stringify({ env: process.env }))"],
    ["in an error", "throw new Error(JSON.stringify({ secret }))"],
  ])("%s, ends at the sandbox", async (_, script) => {
    const chunks: string[] = [];
    const command = ["node", "-e", `const secret = process.env.DB_PASSWORD; ${script}`] as const;
    const { stdout, stderr, output } = await sandbox.exec(command, {
      env: { DB_PASSWORD: SECRET },
      onOutput: (chunk) => chunks.push(chunk),
    });
    for (const said of [stdout + stderr, output, chunks.join("")]) expectNone(said);
  });
});

describe("the log of a deployment", () => {
  test.each([1, 7, 40, 4096])("is clean, whichever pieces of %i bytes its lines come in", async (size) => {
    const folder = await mkdtemp(join(tmpdir(), "tb-log-"));
    try {
      const path = join(folder, "app.log");
      const log = openRotatingLog(path, [SECRET]);
      const stream = new PassThrough();
      log.follow("app", stream);
      const bytes = Buffer.from(
        `${EVERYTHING}\n${"x".repeat(16 * 1024 - 10)}${SECRET}${"y".repeat(20_000)}\nlast ${SECRET}`,
      );
      for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
      stream.end();
      await new Promise((resolve) => stream.once("close", resolve));
      log.write("supervisor", `It said ${SECRET}`);
      log.close();
      const text = await readFile(path, "utf8");
      expectNone(text);
      expect(text).toContain("last [redacted]");
      expect(text.replaceAll(/\n\S+ app /g, "")).not.toContain(SECRET.slice(0, 12));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("tb's own commands", () => {
  const password = randomBytes(12).toString("hex");
  const url = `postgres://u:${password}@127.0.0.1:1/control`;

  test.each([
    ["text", []],
    ["JSON", ["--json"]],
    ["events", ["--events"]],
  ])("print no password of an address when its server is away (%s)", async (_, flags) => {
    const { stdout, stderr } = await tb(scratch.home, ["projects", "list", ...flags], {
      PG_CONTROL_URL: url,
      TB_DEBUG: "1",
    });
    expect(stdout + stderr).toContain("127.0.0.1:1");
    expect(stdout + stderr).not.toContain(password);
  });

  test("print no secret of the environment that somebody has put into an argument", async () => {
    for (const name of ["GITHUB_ACCESS_TOKEN", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "DB_CLUSTER_PASSWORD"]) {
      const { stdout, stderr } = await tb(scratch.home, ["status", password], {
        [name]: password,
        DB_CLUSTER_HOST: "h",
        DB_CLUSTER_USER: "u",
      });
      expect(stdout + stderr, name).toContain("[redacted]");
      expect(stdout + stderr, name).not.toContain(password);
    }
  });
});

describe("who knows a secret", () => {
  test("everything that reads or derives one: the store, the cluster and its roles, all of a project's at once", async () => {
    const cluster = selectDatabaseCluster(scratch.config);
    const seen = [await createSecretStore(scratch.config).installationKey()];
    await cluster.rememberPasswords(PROJECT);
    for (const database of [`turbobackend_${PROJECT}`, `turbobackend_${PROJECT}_work`]) {
      for (const role of ["own", "app"] as const)
        seen.push((await cluster.connection(PROJECT, role, database)).password);
    }
    seen.push(String(control.pool.options.password));
    expect(new Set(seen).size).toBe(6);
    for (const secret of seen)
      expect(toErrorJson(new Error(`it is ${secret}`)).message).toBe("Unexpected error: it is [redacted]");
  });

  test("the environment's, by the names of the variables and in addresses", () => {
    const [token, inUrl, proxy] = ["a", "b", "c"].map((letter) => letter + randomBytes(9).toString("hex"));
    readConfig({
      TB_HOME: scratch.home,
      SOME_API_KEY: token,
      PG_CONTROL_URL: `postgres://u:${inUrl}%2F@h/db`,
      https_proxy: `http://me:${proxy}@proxy:1`,
      ORDINARY: "plain-words",
    });
    const told = toErrorJson(new Error(`${token} ${inUrl}%2F ${inUrl}/ ${proxy} plain-words`)).message;
    expect(told).toBe("Unexpected error: [redacted] [redacted] [redacted] [redacted] plain-words");
  });
});
