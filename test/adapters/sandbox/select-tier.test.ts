// Which tier is found, and what is said of it, with stand-ins for bwrap that are old or forbidden to work.
import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalSandboxProvider } from "../../../src/adapters/sandbox/local-sandbox.ts";
import { findBubblewrap } from "../../../src/adapters/sandbox/bubblewrap/find-bubblewrap.ts";
import type { IsolationFacts } from "../../../src/adapters/sandbox/sandbox.ts";
import { readConfig } from "../../../src/config.ts";
import { bubblewrapWorks } from "../../helpers/tiers.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-tier-"));
  await chmod(folder, 0o755); // it is tried as the user of a sandbox
});
afterEach(() => rm(folder, { recursive: true }));

/** What is found where this script is bwrap, or there is none. */
async function factsWith(script: string | null): Promise<IsolationFacts> {
  if (script !== null) await writeFile(join(folder, "bwrap"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const config = readConfig({ PATH: folder, TB_HOME: join(folder, "home") });
  return createLocalSandboxProvider(config).describeIsolation();
}

const OPTIONS = "--args --clearenv --ro-bind-data --remount-ro --seccomp --die-with-parent --disable-userns --size";

/** A bwrap that does not know the option: it says so where the option is among the arguments on descriptor 4. */
function without(option: string, otherwise: string): string {
  return `[ "$1" = --help ] && echo ${OPTIONS.replace(`${option} `, "").replace(` ${option}`, "")} && exit
file=$(mktemp) && cat <&4 > "$file" && exec 4< "$file" && lines=$(tr '\\0' '\\n' < "$file") && rm "$file"
if echo "$lines" | grep -qx -e ${option}; then echo "bwrap: Unknown option ${option}" >&2; exit 1; fi
${otherwise}`;
}

describe.runIf(process.platform === "linux")("commands run as plain processes", () => {
  test("where there is no bubblewrap, and it is said how to get it", async () => {
    expect(await factsWith(null)).toEqual({
      isolation: "process",
      reason: "bubblewrap is not installed",
      improvement: expect.stringContaining("apt-get install bubblewrap"),
    });
  });

  test("where bubblewrap is too old", async () => {
    expect(await factsWith(without("--clearenv", "exit 0"))).toMatchObject({
      isolation: "process",
      reason: `${folder}/bwrap is too old (it has no --clearenv)`,
      improvement: expect.stringContaining("newer"),
    });
  });

  test("where bubblewrap may not make namespaces, and it is said what to change", async () => {
    const refusal = "bwrap: No permissions to create new namespace, likely because the kernel does not allow it";
    const facts = await factsWith(`[ "$1" = --help ] && echo ${OPTIONS} && exit; echo "${refusal}" >&2; exit 1`);
    expect(facts).toEqual({
      isolation: "process",
      reason: `bubblewrap does not work here: ${refusal}`,
      improvement: expect.stringContaining("kernel.unprivileged_userns_clone=1"),
    });
  });

  test("where bwrap is not a program that could be used", async () => {
    expect((await factsWith("exit 1")).isolation).toBe("process");
  });
});

describe.runIf(process.platform === "linux")("what was tried", () => {
  const logged = `echo "$1" >> "$(dirname "$0")/calls"; exit 0`;

  async function find(tried?: string): Promise<string | undefined> {
    await writeFile(join(folder, "calls"), "");
    await chmod(join(folder, "calls"), 0o666);
    await writeFile(join(folder, "bwrap"), `#!/bin/sh\n${logged}\n`, { mode: 0o755 });
    return (await findBubblewrap(folder, tried)).tried;
  }

  test("is told to the processes that tb starts, which do not try it again", async () => {
    const program = join(folder, "bwrap");
    expect(await find()).toBe(program);
    expect(await readFile(join(folder, "calls"), "utf8")).not.toBe("");
    expect(await find(program)).toBe(program);
    expect(await readFile(join(folder, "calls"), "utf8")).toBe("");
  });

  test("counts for the same program only", async () => {
    await find("/usr/bin/another-bwrap");
    expect(await readFile(join(folder, "calls"), "utf8")).not.toBe("");
  });

  test("is nothing where bubblewrap lacks an option or does not work", async () => {
    await writeFile(join(folder, "bwrap"), `#!/bin/sh\n${without("--size", "exit 0")}\n`, { mode: 0o755 });
    expect((await findBubblewrap(folder)).tried).toBeUndefined();
    await writeFile(join(folder, "bwrap"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    expect((await findBubblewrap(folder)).tried).toBeUndefined();
  });
});

describe.runIf(await bubblewrapWorks())("commands are isolated", () => {
  test("also where bubblewrap lacks what a newer one has, which is said", async () => {
    const real = execFileSync("sh", ["-c", "command -v bwrap"], { encoding: "utf8" });
    const facts = await factsWith(without("--size", `exec ${real.trim()} "$@"`));
    expect(facts).toMatchObject({
      isolation: "bubblewrap",
      reason: expect.stringContaining("works here, without --size"),
      improvement: expect.stringContaining("0.8"),
    });
  });
});
