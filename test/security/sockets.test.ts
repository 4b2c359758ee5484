// A server in the sandbox can put anything in the place of its socket; tb must not be led to another one.
import { once } from "node:events";
import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { probeHealth } from "../../src/adapters/deploy-target/health-probe.ts";
import { connectToSocket } from "../../src/processes/connect-socket.ts";
import { createClient } from "../../src/verify/probe/http.ts";

let folder: string;
let reached = 0;
const server = createServer((socket) => {
  reached++;
  socket.on("error", () => {});
  socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tb-sockets-"));
  server.listen(join(folder, "real.sock"));
  await once(server, "listening");
  await symlink(join(folder, "real.sock"), join(folder, "link.sock"));
  await writeFile(join(folder, "file.sock"), "");
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test("a socket is connected to", async () => {
  const socket = connectToSocket(join(folder, "real.sock"));
  await once(socket, "connect");
  socket.destroy();
  const client = createClient(join(folder, "real.sock"));
  expect(await client.send({ method: "GET", path: "/" })).toMatchObject({ status: 200, text: "hi" });
  client.close();
});

test.each(["link.sock", "file.sock", "missing.sock"])("%s is not", async (name) => {
  const before = reached;
  const path = join(folder, name);
  await expect(once(connectToSocket(path), "connect")).rejects.toMatchObject({
    code: expect.stringMatching(/ENOTSOCK|ENOENT/),
  });
  const client = createClient(path);
  expect(await client.send({ method: "GET", path: "/" })).toHaveProperty("failed");
  expect(await probeHealth({ socketPath: path })).toMatchObject({ healthy: false });
  client.close();
  expect(reached).toBe(before);
});

test.runIf(process.platform === "linux")(
  "a socket that is exchanged for a link at any moment never leads elsewhere",
  async () => {
    const [own, path] = [join(folder, "own.sock"), join(folder, "swapped.sock")];
    const mine = createServer((socket) => socket.on("error", () => {}).end()).listen(own);
    await once(mine, "listening");
    const before = reached;
    const swapping = { on: true };
    const swap = (async () => {
      for (let i = 0; swapping.on; i++) {
        await symlink(join(folder, i % 2 ? "own.sock" : "real.sock"), `${path}.next`);
        await rename(`${path}.next`, path);
      }
    })();
    for (let i = 0; i < 300; i++) {
      const socket = connectToSocket(path);
      await Promise.race([once(socket, "close"), once(socket, "error")]).catch(() => {});
      socket.destroy();
    }
    swapping.on = false;
    await swap;
    mine.close();
    expect(reached).toBe(before);
  },
);
