import { execFileSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import type { CreateResult } from "../../src/pipeline/phases/record.ts";
import type { DeployResult } from "../../src/pipeline/phases/record-deploy.ts";
import { formatCreated } from "../../src/ui/create-result.ts";
import { formatDeployed } from "../../src/ui/deploy-result.ts";
import { fitTable, foldCode, foldCommand } from "../../src/ui/layout.ts";

const before = process.stdout.columns;
afterEach(() => {
  process.stdout.columns = before;
});

test("the last column of a table goes on under itself, and below the others where it is narrow", () => {
  const rows = [
    ["status", "one of draft, active, archived, discontinued"],
    ["id", "short"],
  ];
  expect(fitTable(rows, 40)).toBe(
    ["  status  one of draft, active,", "          archived, discontinued", "  id      short"].join("\n"),
  );
  expect(fitTable(rows, 22)).toBe(
    ["  status", "    one of draft,", "    active, archived,", "    discontinued", "  id      short"].join("\n"),
  );
  expect(fitTable([["a", "b", ""]], 40)).toBe("  a  b");
  expect(fitTable([], 40)).toBe("");
});

test("a command that is folded is the same command to a shell", () => {
  const command = 'printf "%s|" git clone "a b c" /a/very/long/path/to/somewhere todo-api';
  const folded = foldCommand(command, 30);
  expect(folded.length).toBeGreaterThan(2);
  for (const line of folded.slice(0, 2)) expect(line.length).toBeLessThanOrEqual(30);
  expect(say(folded.join("\n"))).toBe(say(command));
  expect(foldCommand(command, 100)).toEqual([command]);
});

test("a line of code goes on indented below", () => {
  expect(foldCode("  status text check (status in ('a', 'b'))", 30)).toEqual([
    "  status text check",
    "      (status in ('a', 'b'))",
  ]);
});

test.each([100, 80, 40])("what a run came to fits %d columns, but for paths and suggested commands", (columns) => {
  process.stdout.columns = columns;
  const path = "/home/somebody/.local/share/turbobackend/repositories/turbobackend-prj_4k2m9x0a1b.git";
  const text = [formatCreated(created(path)), formatDeployed(deployed())].join("\n");
  const tooLong = text
    .split("\n")
    .filter((line) => line.length > columns && !line.includes(path) && !line.includes("→"));
  expect(tooLong).toEqual([]);
  expect(text).toContain("curl http://127.0.0.1:4310/api/tasks");
});

function say(script: string): string {
  return execFileSync("sh", ["-c", script], { encoding: "utf8" });
}

function created(url: string): CreateResult {
  return {
    project: { id: "prj_4k2m9x0a1b", name: "todo-api" },
    run: { id: "run_4k2m9x0a1b" },
    model: "offline",
    sandbox: { provider: "local", isolation: "process" },
    plan: { endpoints: [{ path: "/api/tasks", operation: { kind: "list" } }] },
    repository: { url },
    deployment: { url: "http://127.0.0.1:4310", healthy: true, isolation: "bubblewrap" },
    cost: { usd: 0 },
    assumptions: ["users: no columns were given, so it has name (a string of at most 200 characters)"],
    not_understood: [],
  } as unknown as CreateResult;
}

function deployed(): DeployResult {
  return {
    outcome: "rolled_back",
    project: { id: "prj_4k2m9x0a1b", name: "todo-api" },
    run: { id: "run_4k2m9x0a1b" },
    commit: "0123456789abcdef",
    deployment: { id: "dep_4k2m9x0a1b", url: "http://127.0.0.1:4310", healthy: true, isolation: "bubblewrap" },
    restores: "dep_4k2m9x0a1c",
    migrations_applied: [],
    migrations_kept: ["0002_tags.sql"],
  };
}
