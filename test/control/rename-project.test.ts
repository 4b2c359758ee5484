import { afterAll, beforeAll, expect, test } from "vitest";
import { openControl, type Control } from "../../src/control/database.ts";
import { activateProject, findProject, reserveProject } from "../../src/control/projects.ts";
import { renameProject } from "../../src/control/rename-project.ts";
import { newId } from "../../src/ids.ts";
import type { ScratchHome } from "../helpers/postgres.ts";
import { readyScratch } from "../helpers/homes.ts";

let scratch: ScratchHome;
let control: Control;

beforeAll(async () => {
  scratch = await readyScratch();
  control = await openControl(scratch.config);
});
afterAll(async () => {
  await control.close();
  await scratch.remove();
});

test("a project is found by its new name, and its timeline tells the old one", async () => {
  const projectId = await project("todo-api");
  expect(await renameProject(control, "someone", "todo-api", "chores")).toEqual({
    outcome: "renamed",
    project: { id: projectId, name: "chores" },
    previous_name: "todo-api",
    stays: { url: "http://127.0.0.1:1", database: null, repository: null },
  });
  expect((await findProject(control, "someone", "chores")).project_id).toBe(projectId);
  await expect(findProject(control, "someone", "todo-api")).rejects.toMatchObject({ code: "not_found" });
  expect((await renameProject(control, "someone", projectId.slice(0, 9), "chores")).outcome).toBe("unchanged");
  const told = await control.query<{ action_details: string }>(
    "select action_details from project_actions where project_id = $1 and action_type = 'project_renamed'",
    [projectId],
  );
  expect(told).toEqual([{ action_details: "Renamed project 'todo-api' to 'chores'" }]);
});

test("a name that another project has is refused, one that only a destroyed project had is not", async () => {
  const [first, second] = [await project("first"), await project("second")];
  await expect(renameProject(control, "someone", "first", "second")).rejects.toMatchObject({
    code: "conflict",
    message: `Another project is called "second" (${second}).`,
  });
  await control.query("update project_contexts set status = 'destroyed' where project_id = $1", [second]);
  expect((await renameProject(control, "someone", first, "second")).outcome).toBe("renamed");
});

test("everything that is wrong is told at once, with what would do", async () => {
  await project("alpha");
  await expect(renameProject(control, "someone", "alpha", "Big Name")).rejects.toMatchObject({
    code: "usage",
    suggestion: "tb projects rename alpha big-name",
  });
  const both = renameProject(control, "someone", "alhpa", "Big Name");
  await expect(both).rejects.toMatchObject({
    code: "usage",
    details: [
      expect.stringContaining('Did you mean "alpha"?'),
      expect.stringContaining('"Big Name"'),
      expect.any(String),
    ],
  });
});

test("a project that is still being made keeps its name", async () => {
  await reserveProject(control, { projectId: newId("prj"), ownerId: "someone", name: "unfinished" });
  await expect(renameProject(control, "someone", "unfinished", "other")).rejects.toMatchObject({ code: "conflict" });
  expect((await findProject(control, "someone", "unfinished")).status).toBe("creating");
});

async function project(name: string): Promise<string> {
  const projectId = newId("prj");
  await reserveProject(control, { projectId, ownerId: "someone", name });
  await activateProject(control, projectId, {
    codebase: {},
    dependencies: {},
    environmentVariables: [],
    deployment: { url: "http://127.0.0.1:1" },
  });
  return projectId;
}
