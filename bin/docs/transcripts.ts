// Transcripts in Markdown: each ```console block holds commands after "$ " and what they print. They are run again, in
// order, in an installation of their own, and their output takes the place of what stands there. A comment before a block,
// `<!-- before: … -->`, is shell that runs before each of its commands without being shown.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { packageRoot } from "../../src/package-root.ts";
import { shareCache } from "../../test/helpers/shared-cache.ts";
import { removeTbHome } from "../../test/helpers/tb.ts";

/** The documents that have some. They tell one story: the later ones are about what the earlier ones have made. */
const DOCUMENTS = ["README.md", "docs/troubleshooting.md"];

interface World {
  run(command: string): Promise<string>;
  remove(): Promise<void>;
}

const BLOCK = /(?:<!-- before: (.*?) -->\n+)?```console\n(.*?)```/gs;

/** The documents by their path, with the output of every command as it is now. `cache` as for `createWorld`. */
export async function retellDocuments(root: string, cache?: string): Promise<Map<string, string>> {
  const world = await createWorld(cache);
  try {
    const retold = new Map<string, string>();
    for (const path of DOCUMENTS) retold.set(path, await retell(await readFile(join(root, path), "utf8"), world));
    return retold;
  } finally {
    await world.remove();
  }
}

async function retell(markdown: string, world: World): Promise<string> {
  let retold = "";
  let end = 0;
  for (const block of markdown.matchAll(BLOCK)) {
    const [whole, before = "", body = ""] = block;
    retold += markdown.slice(end, block.index) + whole.slice(0, -body.length - 3);
    const commands = body.split("\n").filter((line) => line.startsWith("$ "));
    for (const [i, line] of commands.entries()) {
      const output = await world.run(`${before}\n${line.slice(2)}`);
      retold += `${i === 0 ? "" : "\n"}${line}\n${output}`;
    }
    retold += "```";
    end = block.index + whole.length;
  }
  return retold + markdown.slice(end);
}

/** A home directory, with tb on the search path. `cache`: prepared dependencies to share. */
async function createWorld(cache?: string): Promise<World> {
  const home = await mkdtemp(join(tmpdir(), "tb-transcripts-"));
  const [bin, work, tbHome] = [join(home, "bin"), join(home, "work"), join(home, ".local/share/turbobackend")];
  for (const folder of [bin, work, tbHome]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await symlink(join(packageRoot(), "bin/run.cjs"), join(bin, "tb"));
  await writeFile(join(home, ".gitconfig"), "[user]\n\tname = Ann\n\temail = ann@example.com\n");
  if (cache) await shareCache(tbHome, cache);
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(npm_config_|NPM_CONFIG_|NODE_EXTRA|SSL_|https?_proxy|no_proxy)/i.test(name),
  );
  const env = { ...Object.fromEntries(kept), HOME: home, PATH: path, LANG: "C.UTF-8" };

  return {
    async run(command) {
      const child = spawn("bash", ["-c", `exec 2>&1\n${command}`], {
        cwd: work,
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
      await once(child, "close");
      return output.replaceAll(home, "~").replace(/^\n+/, "");
    },
    async remove() {
      await removeTbHome(tbHome);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** What differs from run to run, made equal: ids, times, ports, commits, sizes, process ids. */
export function masked(text: string): string {
  return text
    .replaceAll(/(?<![a-z])(prj|run|mod|dep|req|act|snap)_[0-9a-z]+/g, "$1_0")
    .replaceAll(/\b[0-9a-f]{40}\b|\b[0-9a-f]{16}\b|\b(?=[a-f]*\d)[0-9a-f]{7}\b/g, "0000000")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:0")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d{8}-\d{6}-[0-9a-f]{4}/g, "0000")
    .replaceAll(/\b(today|yesterday|\d{1,2} [A-Z][a-z]{2}( \d{4})?) \d\d:\d\d\b/g, "today 00:00")
    .replaceAll(/\b\d\d:\d\d:\d\d\b/g, "00:00:00")
    .replaceAll(/\b(\d+ min )?\d+(\.\d+)? (s|ms)\b/g, "0 s")
    .replaceAll(/\b\d+(\.\d+)? (kB|MB|GB)\b/g, "0 kB")
    .replaceAll(/\bpid \d+/g, "pid 0")
    .replaceAll(/(\(local, |local \()(process|bubblewrap)\)/g, "$1process)") // whatever this machine can give
    .replaceAll(/ \\\n/g, " ") // a command that was broken because of the length of a path
    .replaceAll(/\s+/g, " ");
}
