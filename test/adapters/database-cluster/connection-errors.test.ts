// What a failed connection means to a person and to a run.
import { expect, test } from "vitest";
import { connectionError } from "../../../src/adapters/database-cluster/connection-errors.ts";

function errorOf(code: string, message: string) {
  return connectionError(Object.assign(new Error(message), { code }), "db.example.com", "DB_CLUSTER_HOST");
}

test("a server whose disk or memory is full lets nobody in for a while, which is no matter of settings", () => {
  expect(errorOf("53100", "could not write init file: No space left on device")).toMatchObject({
    code: "transient",
    parks: true,
    message: expect.stringContaining("No space left on device"),
    suggestion: expect.stringContaining("Free some space"),
  });
  expect(errorOf("53200", "out of memory")).toMatchObject({ code: "transient", parks: true });
  expect(errorOf("42P01", "something else")).toMatchObject({ code: "configuration", parks: false });
});
