import { describe, expect, it } from "vitest";
import { baseProjectFiles } from "../../src/plan/base-project.ts";
import { constantPlan, todoPlan } from "../templates/sample-plans.ts";

async function textByPath(plan: typeof todoPlan): Promise<Map<string, string>> {
  return new Map((await baseProjectFiles(plan)).map(({ path, content }) => [path, content]));
}

describe("the base project of a plan", () => {
  it("carries the project's name and nowhere the template's", async () => {
    const files = await textByPath(todoPlan);
    expect(JSON.parse(files.get("package.json")!)).toMatchObject({ name: "todo-api", private: true });
    expect(files.get("README.md")).toMatch(/^# todo-api\n/);
    for (const [path, text] of files) expect(`${path}\n${text}`).not.toMatch(/base[-_]api|<!-- endpoints -->/);
  });

  it("holds the first migration, .gitignore and nothing that a check of the template left behind", async () => {
    const paths = [...(await textByPath(todoPlan)).keys()];
    expect(paths).toEqual(expect.arrayContaining(["migrations/0001_users_and_tasks.sql", ".gitignore", "Dockerfile"]));
    expect(paths).not.toContain("gitignore");
    expect(paths).not.toContain("migrations/.gitkeep");
    expect(paths.filter((path) => /node_modules|\.output|\.nitro/.test(path))).toEqual([]);
    expect(paths).toEqual(paths.toSorted());
  });

  it("has the same lockfile for every project, without a name or an address of a registry", async () => {
    const lockfile = (await textByPath(todoPlan)).get("package-lock.json")!;
    expect((await textByPath({ ...todoPlan, name: "other" })).get("package-lock.json")).toBe(lockfile);
    expect(lockfile).not.toMatch(/https?:\/\/(?!opencollective|github|funding|tidelift|paulmillr)\S*\.tgz|"resolved"/);
  });

  it("documents every endpoint of the plan in its README", async () => {
    const readme = (await textByPath(todoPlan)).get("README.md")!;
    for (const { method, path } of todoPlan.endpoints) expect(readme).toContain(`\`${method} ${path}\``);
    expect(readme).toContain(`--json '{"title": "Title", "user_id": "'$user_id'"}'`);
  });

  it("leaves everything about a database out when the plan needs none", async () => {
    const files = await textByPath(constantPlan);
    for (const [path, text] of files) {
      expect(path).not.toMatch(/migrat|sql|database|utils\/db/);
      if (path !== "package-lock.json") expect(text).not.toMatch(/DB_|\bpg\b|postgres|migrat/i);
    }
    expect(JSON.parse(files.get("package.json")!).dependencies).toEqual({ zod: expect.any(String) });
  });
});
