import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Config } from "@oclif/core/config";
import { expect, test, vi } from "vitest";
import { loadSourcePlugin } from "../../src/source-plugin.ts";
import TbHelp from "../../src/ui/help.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** What the installed tb prints, without a terminal. */
async function bundled(args: string[]): Promise<string> {
  return (await run(process.execPath, [`${ROOT}bin/run.cjs`, ...args], { env: { ...process.env, NO_COLOR: "1" } }))
    .stdout;
}

async function plainConfig(): Promise<Config> {
  const plugin = await loadSourcePlugin(ROOT);
  return Config.load({ root: ROOT, pjson: plugin.pjson, plugins: new Map([[plugin.name, plugin]]) });
}

/** What oclif prints by its own means, from the sources. */
async function plain(config: Config, args: string[]): Promise<string> {
  let printed = "";
  const log = vi.spyOn(console, "log").mockImplementation((text: string) => {
    printed += `${text}\n`;
  });
  try {
    await new TbHelp(config).showHelp([...args, "--help"]);
  } finally {
    log.mockRestore();
  }
  return printed;
}

test("help is byte for byte what oclif prints by its own means, for tb, every topic and every command", async () => {
  const config = await plainConfig();
  const subjects = [[], ...config.topics.map(({ name }) => [name]), ...config.commandIDs.map((id) => id.split(":"))];
  expect(subjects.length).toBeGreaterThan(20);
  for (const subject of subjects) {
    expect(await bundled([...subject, "--help"]), subject.join(" ")).toBe(await plain(config, subject));
  }
});

test("tb --help is the same whether it is rendered or read", async () => {
  const read = await bundled(["--help"]);
  const rendered = await run(process.execPath, [`${ROOT}bin/run.cjs`, "--help"], {
    env: { ...process.env, NO_COLOR: "1", OCLIF_COLUMNS: "80" },
  });
  expect(read).toBe(rendered.stdout);
  expect(read).toContain(`node-${process.version}`);
});

test("tb --version names tb, the platform and Node", async () => {
  const { version } = (await plainConfig()).pjson;
  expect(await bundled(["--version"])).toBe(
    `turbobackend/${version} ${process.platform}-${process.arch} node-${process.version}\n`,
  );
});
