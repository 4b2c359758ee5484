import { expect, test } from "vitest";
import { completePlan } from "../../src/plan/build-plan.ts";
import { buildProjectPrompt } from "../../src/prompts/build-project.ts";
import { designPlanPrompt } from "../../src/prompts/design-plan.ts";
import { detectDatabasePrompt, readDatabaseNeed } from "../../src/prompts/detect-database.ts";

const REQUEST = "a todo API\nwith users ``` and tasks";

test.each([detectDatabasePrompt, designPlanPrompt])(
  "the request stands verbatim in the last message (%o)",
  (prompt) => {
    const call = prompt(REQUEST);
    expect(call.messages.at(-1)).toEqual({ role: "user", text: REQUEST });
    expect(call.system).not.toContain(REQUEST);
    expect(call.answerSchema).toBeDefined();
  },
);

test("the agent gets the plan, the base project's files, the tools and the names of the connection variables", () => {
  const plan = completePlan({ request: REQUEST, tables: [], constants: [], assumptions: [] });
  const call = buildProjectPrompt(plan, ["package.json", "server/utils/sql.ts"]);
  const text = call.messages[0]!.text;
  expect(text).toContain(`## Plan\n\`\`\`\`json\n{\n  "kind": "create"`);
  expect(text).toContain(REQUEST);
  expect(text).toContain("\n- server/utils/sql.ts");
  expect(call.system).toContain("DB_PASSWORD");
  expect(call.tools.map(({ name }) => name)).toEqual([
    "read_file",
    "write_file",
    "edit_file",
    "delete_file",
    "list_files",
    "run_command",
    "query_database",
    "finish",
  ]);
});

test("an answer about the database is read strictly", () => {
  expect(readDatabaseNeed({ needed: false, reasoning: "Nothing is stored." })).toEqual({
    needed: false,
    reasoning: "Nothing is stored.",
  });
  for (const data of [null, "yes", {}, { needed: "true", reasoning: "x" }, { needed: true, reasoning: " " }]) {
    expect(readDatabaseNeed(data)).toBe(null);
  }
});
