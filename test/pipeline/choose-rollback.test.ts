import { expect, test } from "vitest";
import type { DeploymentRow } from "../../src/control/deployments.ts";
import { chooseRollback } from "../../src/pipeline/choose-rollback.ts";

/** Oldest first: "id commit status [restores]". */
function history(...lines: string[]): DeploymentRow[] {
  return lines
    .map((line) => {
      const [id, commit, status, restores] = line.split(" ") as [string, string, DeploymentRow["status"], string?];
      return {
        deployment_id: `dep_${id}`,
        project_id: "prj_1",
        run_id: "run_1",
        provider: "process",
        url: null,
        commit,
        status,
        restores: restores ? `dep_${restores}` : null,
        created_at: 0,
      };
    })
    .toReversed();
}

function choose(deployments: DeploymentRow[], to: string | null = null): string {
  return chooseRollback("todo", deployments, to).deployment_id;
}

test("the version before is brought back, whatever failed in between", () => {
  expect(choose(history("a 1 replaced", "b 2 failed", "c 3 active"))).toBe("dep_a");
});

test("deploying the same version again does not make it an earlier one", () => {
  expect(choose(history("a 1 replaced", "b 2 replaced", "c 2 active"))).toBe("dep_a");
});

test("rolling back twice goes back two versions, not to and fro", () => {
  expect(choose(history("a 1 replaced", "b 2 replaced", "c 3 replaced", "d 2 active b"))).toBe("dep_a");
});

test("after going forward again, the version before that one is meant", () => {
  expect(choose(history("a 1 replaced", "b 2 replaced", "c 1 replaced a", "d 2 active"))).toBe("dep_a");
  expect(choose(history("a 1 replaced", "b 2 replaced", "c 1 replaced a", "d 3 active"))).toBe("dep_b");
});

test("a deployment may be named by the beginning of its id; one that was a rollback stands for what it restored", () => {
  const deployments = history("abc 1 replaced", "abd 2 replaced", "xyz 1 replaced abc", "q 3 active");
  expect(choose(deployments, "dep_abd")).toBe("dep_abd");
  expect(choose(deployments, "x")).toBe("dep_abc");
  expect(() => choose(deployments, "ab")).toThrow('"ab" fits more than one deployment');
  expect(() => choose(deployments, "nope")).toThrow('no deployment "nope"');
});

test.each([
  [history(), null, "not_found", "todo is not deployed"],
  [history("a 1 removed"), null, "not_found", "todo is not deployed"],
  [history("a 1 active"), null, "not_found", "no earlier version"],
  [history("a 1 replaced", "b 1 active"), null, "not_found", "no earlier version"],
  [history("a 1 failed", "b 2 active"), null, "not_found", "no earlier version"],
  [history("a 1 failed", "b 2 active"), "a", "conflict", "dep_a never served"],
])("what cannot be is said (%#)", (deployments, to, code, message) => {
  expect(() => choose(deployments, to)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});
