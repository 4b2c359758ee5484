// The profile for macOS' sandbox, as a text: no Mac has judged it yet.
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SandboxPlace } from "../../../src/adapters/sandbox/process-tier.ts";
import { seatbeltProfile } from "../../../src/adapters/sandbox/seatbelt/seatbelt-tier.ts";

let root: string;
let place: SandboxPlace;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "tb-seatbelt-")));
  const [work, home, tmp, run, db] = ["work", "home", "tmp", "run", "db"].map((name) => join(root, name));
  for (const folder of [work!, home!, tmp!, run!, db!]) await mkdir(folder);
  const folders = { work: work!, home: home!, tmp: tmp!, sockets: [run!], gates: [db!] };
  place = { use: "build", ...folders, compiled: null, bins: [], reads: [], mark: root, owner: null };
});
afterEach(() => rm(root, { recursive: true }));

/** The rules that allow this operation, a line each. */
function allowing(operation: string, profile: string): string {
  const rules = profile
    .split("\n")
    .filter((line) => line.startsWith("(allow") && line.split(/[ )]/).includes(operation));
  return rules.join("\n");
}

test("everything that is not allowed is denied, from the beginning", () => {
  const [version, first, ...rules] = seatbeltProfile(place, "/opt/node").trim().split("\n");
  expect([version, first]).toEqual(["(version 1)", "(deny default)"]);
  for (const rule of rules) {
    expect(rule).toMatch(/^\(allow [a-z]/);
    const closes = rule.split(")").length;
    expect(rule.split("(").length).toBe(closes);
  }
});

test("writing is allowed in the sandbox's own folders only, reading in those, the gates, Node and the system", () => {
  const profile = seatbeltProfile(place, "/opt/node");
  const own = ["work", "home", "tmp", "run"].map((name) => `(subpath "${root}/${name}")`).join(" ");
  expect(allowing("file-write*", profile)).toBe(`(allow file-read* file-write* ${own})`);
  const read = allowing("file-read*", profile);
  for (const folder of [`${root}/db`, "/opt/node", "/usr", "/System"]) expect(read).toContain(`(subpath "${folder}")`);
  for (const secret of ["/Users", '"/private/etc"', '"/private/var"', '"/Library"', '"/etc', "(allow file-read*)"]) {
    expect(read).not.toContain(secret);
  }
});

test("a finished build cannot be written to", () => {
  const profile = seatbeltProfile({ ...place, use: "serve" }, "/opt/node");
  expect(allowing("file-write*", profile)).not.toContain(`${root}/work`);
  expect(allowing("file-read*", profile)).toContain(`(subpath "${root}/work")`);
});

test("of the network it has sockets in its own folders and in the gates, and no address at all", () => {
  const profile = seatbeltProfile(place, "/opt/node");
  expect(allowing("network-bind", profile)).toBe(
    `(allow network-bind network-inbound (local unix-socket (subpath "${root}/run")))`,
  );
  expect(allowing("network-outbound", profile)).toBe(
    `(allow network-outbound (remote unix-socket (subpath "${root}/run")) (remote unix-socket (subpath "${root}/db")))`,
  );
  expect(profile).not.toMatch(/\bip\b|tcp|udp|network\*/);
  const none = seatbeltProfile({ ...place, sockets: [], gates: [] }, "/opt/node");
  expect(allowing("network-outbound", none)).toBe('(allow network-outbound (remote unix-socket (literal "/none")))');
});

test("paths are those that the kernel judges, quoted", async () => {
  await symlink(join(root, "work"), join(root, "link"));
  await mkdir(join(root, 'quo"te'));
  const profile = seatbeltProfile({ ...place, work: join(root, "link"), home: join(root, 'quo"te') }, "/opt/node");
  expect(profile).not.toContain(`${root}/link`);
  expect(profile).toContain(`(subpath "${root}/quo\\"te")`);
});
