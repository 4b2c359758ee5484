import { expect, it } from "vitest";
import { completePlan, newColumn } from "../../src/plan/build-plan.ts";
import { renderApiSection } from "../../src/plan/render-api-section.ts";
import { accountsPlan } from "../verify/accounts-plan.ts";

const plan = completePlan({
  request: "teams with members",
  assumptions: [],
  constants: [],
  tables: [
    { name: "teams", singular: "team", columns: [newColumn("name", "string")] },
    {
      name: "members",
      singular: "member",
      columns: [
        newColumn("state", "enum", { values: ["it's on", "off"], default: "off" }),
        newColumn("team_id", "reference", { references: { table: "teams", onDelete: "restrict" } }),
      ],
    },
  ],
});

it("asks lists for what they offer, in quotes that the shell reads as one", () => {
  expect(renderApiSection(plan)).toContain("/api/members?limit=10&state=it%27s%20on&include=team'");
});

it("deletes what was made, last things first", () => {
  const deletions = renderApiSection(plan).match(/-X DELETE \S+/g);
  expect(deletions).toEqual([
    "-X DELETE http://127.0.0.1:3000/api/members/$member_id",
    "-X DELETE http://127.0.0.1:3000/api/teams/$team_id",
  ]);
});

it("leaves alone what a record that cannot be deleted needs", () => {
  const endpoints = plan.endpoints.filter(({ method, path }) => `${method} ${path}` !== "DELETE /api/members/{id}");
  expect(renderApiSection({ ...plan, endpoints })).not.toContain("-X DELETE");
});

it("signs up and logs in first, sends the token with the rest, and goes last", () => {
  const lines = renderApiSection(accountsPlan)
    .split("\n")
    .filter((line) => /curl|auth=/.test(line));
  expect(lines[0]).toBe("curl http://127.0.0.1:3000/api/health");
  const first = lines.findIndex((line) => line.startsWith("user_id=$(curl -s http://127.0.0.1:3000/api/users "));
  expect(lines[first]).toContain('"password": "correct horse"');
  expect(lines[first + 1]).toMatch(
    /^token=\$\(curl -s \S+\/api\/login --json '\{"email":"ann@example.com","password":"correct horse"\}'/,
  );
  expect(lines[first + 2]).toBe('auth="authorization: Bearer $token"');
  for (const line of lines.slice(first + 3)) expect(line).toContain('curl -H "$auth" ');
  expect(lines.at(-1)).toBe('curl -H "$auth" -X DELETE http://127.0.0.1:3000/api/users/$user_id');
  expect(lines.join()).not.toContain('"user_id"');
});
