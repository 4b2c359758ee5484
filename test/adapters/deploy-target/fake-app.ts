// Builds artefacts like those of a generated project: a server on NITRO_UNIX_SOCKET.
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hostPid } from "../../helpers/tiers.ts";

/** What `GET /` of a fake app answers besides its version. */
interface AppAnswer {
  version: string;
  /** As this machine counts; looked up when asked for. */
  readonly pid: number;
  env: Record<string, string>;
}

/** Writes `<folder>/server/index.mjs`. `GET /` tells the version, pid and environment; `/crash` ends the process;
 * `/slow` answers after 600 ms; `POST /echo` returns the body; `/chatty` prints a line; `/escape` starts a process in a
 * session of its own and tells its pid; `/hostile` runs the body as a script (sh) and answers with its output.
 * @param health "ok", "failing" (503 for ever) or "ends" (exits at once) */
export async function writeFakeApp(
  folder: string,
  version: string,
  health: "ok" | "failing" | "ends" = "ok",
): Promise<string> {
  await mkdir(join(folder, "server"), { recursive: true });
  await writeFile(
    join(folder, "server", "index.mjs"),
    `
import { createServer } from "node:http";
import { spawn, spawnSync } from "node:child_process";
console.log("booting ${version} with " + process.env.DB_PASSWORD);
${health === "ends" ? 'console.error("error: no database"); process.exit(3);' : ""}
const server = createServer(async (request, response) => {
  const url = request.url;
  const json = (status, value) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (url === "/api/health") {
    return ${health === "failing" ? 'json(503, { detail: "The database is unavailable." })' : 'json(200, { status: "ok", timestamp: 1 })'};
  }
  if (url === "/crash") process.exit(9);
  if (url === "/chatty") console.log("something was said");
  if (url === "/slow") await new Promise((resolve) => setTimeout(resolve, 600));
  if (url === "/escape") {
    const child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    return json(200, { pid: child.pid, env: process.env });
  }
  if (url === "/hostile") {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { error, status, stdout } = spawnSync("sh", ["-c", String(Buffer.concat(chunks))], { encoding: "utf8" });
    return json(200, { status, output: stdout, error: error?.code ?? null });
  }
  if (url === "/echo") {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.writeHead(201, { "x-header": ["a", "b"] });
    return response.end(Buffer.concat(chunks));
  }
  if (url === "/refuse") return json(413, { detail: "too large" });
  json(200, { version: "${version}", pid: process.pid, env: process.env });
});
server.listen(process.env.NITRO_UNIX_SOCKET);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`,
  );
  return folder;
}

/** A request to a fake app, which must succeed. */
export async function ask(url: string): Promise<AppAnswer> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}.`);
  const answer: AppAnswer = JSON.parse(await response.text());
  return {
    ...answer,
    get pid() {
      return hostPid(answer.env.TB_PROCESS_OF!, answer.pid);
    },
  };
}

/** Regular files below the folder that hold the text. */
export function filesWith(folder: string, text: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.filter((file) => readFileSync(file, "utf8").includes(text));
}
