import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/adapters/sandbox/sandbox.ts";
import type { Run } from "../../src/pipeline/types.ts";
import { createTeller, executeCalls } from "../../src/agent/execute-calls.ts";
import { AGENT_TOOLS, agentToolSpecs } from "../../src/agent/tools/index.ts";
import type { ToolOutcome } from "../../src/control/turns.ts";
import { rememberSecret } from "../../src/secrets/redactor.ts";
import { call, createAgentWorld, inTurn, type AgentRun, type AgentWorld } from "../helpers/agent-run.ts";

let world: AgentWorld;
let run: AgentRun;
let sandbox: Sandbox;
beforeAll(async () => {
  world = await createAgentWorld();
});
beforeEach(async () => {
  run = await world.newRun();
  sandbox = await run.session.sandbox();
});
afterAll(() => world.stop());

async function use(name: string, args: object, query = run.session.query): Promise<ToolOutcome> {
  const context = {
    sandbox: () => run.session.sandbox(),
    query,
    signal: new AbortController().signal,
    timeLeft: () => 60_000,
  };
  const teller = createTeller(run.attempt(inTurn()));
  const [outcome] = await executeCalls(teller, AGENT_TOOLS, [call(name, args)], context, 7);
  await teller.told();
  return outcome!;
}

function numbered(count: number): string {
  return Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join("");
}

test("the tools have their agreed names and plain JSON schemas", () => {
  const specs = agentToolSpecs();
  const names = [
    "read_file",
    "write_file",
    "edit_file",
    "delete_file",
    "list_files",
    "run_command",
    "query_database",
    "finish",
  ];
  expect(specs.map(({ name }) => name)).toEqual(names);
  for (const { parameters } of specs) expect(parameters).toMatchObject({ type: "object", additionalProperties: false });
  expect(specs[2]!.parameters.required).toEqual(["path", "old_text", "new_text"]);
});

describe("read_file", () => {
  test("shows the head of a long file and how to go on", async () => {
    await sandbox.writeFile("long.txt", numbered(2500));
    const head = await use("read_file", { path: "long.txt" });
    expect(head.text.endsWith("line 2000\n[lines 1-2000 of 2500; go on with offset 2001]")).toBe(true);
    const rest = await use("read_file", { path: "long.txt", offset: 2001 });
    expect(rest.text.startsWith("line 2001\n")).toBe(true);
    expect(rest.text.endsWith("line 2500\n[lines 2001-2500 of 2500]")).toBe(true);
  });

  test("names the file that was probably meant", async () => {
    await sandbox.writeFile("server/api/users/index.get.ts", "x\n");
    expect(await use("read_file", { path: "server/users/index.get.ts" })).toMatchObject({
      failed: true,
      text: "There is no file server/users/index.get.ts. Did you mean server/api/users/index.get.ts?",
    });
  });

  test("never leaves the tree", async () => {
    expect(await use("read_file", { path: "../../etc/passwd" })).toMatchObject({ failed: true });
    await sandbox.exec(["ln", "-s", "/etc/passwd", "link"]);
    const linked = await use("read_file", { path: "link" });
    expect(linked.failed).toBe(true);
    expect(linked.text).not.toContain("root:");
  });
});

describe("write_file", () => {
  test("keeps carriage returns and the byte order mark of the file it replaces", async () => {
    await sandbox.writeFile("dos.txt", "\u{FEFF}a\r\nb\r\n");
    await use("write_file", { path: "dos.txt", content: "c\nd\n" });
    expect(await sandbox.readFile("dos.txt")).toBe("\u{FEFF}c\r\nd\r\n");
  });

  test("refuses a placeholder and writes nothing", async () => {
    const outcome = await use("write_file", { path: "a.ts", content: "const a = 1;\n// ... rest of the code\n" });
    expect(outcome).toMatchObject({ failed: true, changed: [], text: expect.stringContaining("line 2") });
    expect(await sandbox.listFiles()).not.toContain("a.ts");
  });

  test("says when nothing would change", async () => {
    await sandbox.writeFile("a.txt", "a\n");
    expect(await use("write_file", { path: "a.txt", content: "a\n" })).toMatchObject({ failed: false, changed: [] });
  });

  test.each(["migrations/0001_init.sql", ".env", "./x/../.git/config"])("refuses %s", async (path) => {
    expect(await use("write_file", { path, content: "x" })).toMatchObject({
      failed: true,
      text: expect.stringContaining("protected"),
    });
  });
});

describe("run_command", () => {
  test("shows how it ended and the end of its output, and keeps the whole", async () => {
    rememberSecret("hunter2");
    const outcome = await use("run_command", { command: "seq 1 5000; echo hunter2; exit 3" });
    expect(outcome.failed).toBe(true);
    expect(outcome.text).toMatch(
      /^exit 3\n\[the last 2000 of 5001 lines; all of them: node_modules\/\.cache\/tb\/turn-7-1\.log\]\n/,
    );
    expect(outcome.text.endsWith("5000\n[redacted]")).toBe(true);
    const whole = await sandbox.readFile("node_modules/.cache/tb/turn-7-1.log");
    expect(whole.startsWith("1\n2\n")).toBe(true);
    expect(whole).not.toContain("hunter2");
    expect(outcome.changed).toEqual([]);
  });

  test("puts protected files back", async () => {
    await sandbox.writeFile("migrations/0001_init.sql", "create table a ();\n");
    await sandbox.writeFile(".env", "DB_HOST=x\n");
    const outcome = await use("run_command", {
      command: "echo drop >> migrations/0001_init.sql; rm .env; echo a > new.txt",
    });
    expect(outcome.text).toContain("[migrations/0001_init.sql is protected and was put back as it was]");
    expect(await sandbox.readFile("migrations/0001_init.sql")).toBe("create table a ();\n");
    expect(await sandbox.readFile(".env")).toBe("DB_HOST=x\n");
    expect(outcome.changed).toEqual(["new.txt"]);
  });

  test("leaves nothing for a terminal to obey", async () => {
    const outcome = await use("run_command", { command: "printf '\\033[31mred\\033[0m'" });
    expect(outcome.text).toBe("exit 0\nred");
  });
});

describe("query_database", () => {
  test("says what Postgres said", async () => {
    const outcome = await use("query_database", { sql: "select nonsense" });
    expect(outcome).toMatchObject({
      failed: true,
      text: expect.stringContaining('42703: column "nonsense" does not exist'),
    });
    expect(outcome.text).toContain("At character 8");
  });

  test("shows 100 rows at most", async () => {
    const outcome = await use("query_database", { sql: "select n from generate_series(1, 250) n" });
    expect(outcome.text.split("\n")[0]).toBe("250 rows, the first 100 shown:");
    expect(outcome.text.split("\n")).toHaveLength(101);
  });

  test("shows the rows of the last of several statements", async () => {
    expect((await use("query_database", { sql: "select 1 as one; select 2 as two" })).text).toBe('1 row:\n{"two":2}');
  });

  test("tries a change of the schema and takes it back", async () => {
    const outcome = await use("query_database", { sql: "create table tried (n int); select n from tried" });
    expect(outcome).toMatchObject({ failed: false, text: expect.stringContaining("The schema was put back") });
    expect((await use("query_database", { sql: "select n from tried" })).text).toContain("42P01");
  });

  test("says what is not allowed, all of it at once", async () => {
    const outcome = await use("query_database", { sql: "commit; select pg_sleep(1)" });
    expect(outcome).toMatchObject({ failed: true, text: expect.stringContaining("nothing was run") });
    expect(outcome.text).toMatch(/TRANSACTION is not allowed.*pg_sleep is not allowed/s);
  });

  test("says so when there is no database", async () => {
    const outcome = await use("query_database", { sql: "select 1" }, null);
    expect(outcome).toMatchObject({ failed: true, text: "This project has no database." });
  });

  test("lets a lost connection park the run", async () => {
    const lost = Object.assign(new Error("Connection terminated unexpectedly"), { code: "57P01", severity: "FATAL" });
    await expect(use("query_database", { sql: "select 1" }, () => Promise.reject(lost))).rejects.toBe(lost);
  });
});

test("delete_file takes a file that is gone for deleted", async () => {
  await sandbox.writeFile("a.txt", "a\n");
  expect(await use("delete_file", { path: "a.txt" })).toMatchObject({ failed: false, changed: ["a.txt"] });
  expect(await use("delete_file", { path: "a.txt" })).toMatchObject({ failed: false, changed: [] });
});

test("reads see what the writes before them did, and results come in the order of the calls", async () => {
  const context = {
    sandbox: () => run.session.sandbox(),
    query: null,
    signal: new AbortController().signal,
    timeLeft: () => 60_000,
  };
  const calls = [
    call("write_file", { path: "a.txt", content: "1\n" }),
    call("read_file", { path: "a.txt" }),
    call("list_files", { pattern: "*.txt" }),
    call("write_file", { path: "a.txt", content: "2\n" }),
    call("read_file", { path: "a.txt" }),
  ];
  const teller = createTeller(run.attempt(inTurn()));
  const outcomes = await executeCalls(teller, AGENT_TOOLS, calls, context, 1);
  await teller.told();
  expect(outcomes.map(({ callId }) => callId)).toEqual(calls.map(({ id }) => id));
  expect([outcomes[1]!.text, outcomes[2]!.text, outcomes[4]!.text]).toEqual(["1\n", "a.txt", "2\n"]);
});

test("a call is not made once an event could not be stored: the run may be another process's", async () => {
  const lost = new Error("taken over");
  const teller = createTeller({ emit: () => Promise.reject(lost) } as unknown as Run);
  teller.tell({ type: "progress", text: "one" });
  await expect(teller.told()).rejects.toBe(lost);
  const context = {
    sandbox: () => run.session.sandbox(),
    query: null,
    signal: new AbortController().signal,
    timeLeft: () => 60_000,
  };
  const calls = [call("write_file", { path: "late.txt", content: "" })];
  await expect(executeCalls(teller, AGENT_TOOLS, calls, context, 1)).rejects.toBe(lost);
  expect(await sandbox.listFiles()).not.toContain("late.txt");
});
