import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TbError } from "../src/errors.ts";
import { foreseenError } from "../src/foreseen-error.ts";

function systemError(code: string, more: object = {}): Error {
  return Object.assign(new Error(`${code}: something`), { code, ...more });
}

test("a full disk parks a run and says what to do, whoever met it first", () => {
  for (const code of ["ENOSPC", "EDQUOT", "53100"]) {
    expect(foreseenError(systemError(code)), code).toMatchObject({ code: "transient", parks: true });
  }
  expect(foreseenError(systemError("ENOSPC", { path: "/home/x/file" }))?.message).toBe(
    "Cannot write to /home/x/file: the disk is full.",
  );
});

test("a folder that may not be written is for the user to repair", () => {
  expect(foreseenError(systemError("EROFS", { path: "/home/x" }))).toMatchObject({
    code: "configuration",
    parks: false,
  });
  expect(foreseenError(systemError("EPERM"))).toBe(null); // a signal to a stranger's process, not a file
});

test("the cause behind an error counts, and an error of tb's own stays as it is", () => {
  const lost = new Error("engine", { cause: new Error("Connection terminated unexpectedly") });
  expect(foreseenError(lost)?.code).toBe("transient");
  const own = new TbError("usage", "no", { cause: systemError("ENOSPC") });
  expect(foreseenError(own)).toBe(own);
});

test("a missing file is a defect, not a missing server", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tb-foreseen-"));
  try {
    const failure: unknown = await writeFile(join(folder, "no/such"), "").catch((error: unknown) => error);
    expect(foreseenError(failure)).toBe(null);
  } finally {
    await rm(folder, { recursive: true });
  }
});
