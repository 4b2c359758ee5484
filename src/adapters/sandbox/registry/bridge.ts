// What stands for npm inside a sandbox: npm itself, told of a proxy on the sandbox's own loopback that leads to the registry gate.

/** Runs as CommonJS inside, beside the gate's socket, with the path of npm's own program as its first argument. Subcommands
 * that only run the project's scripts need no registry; a npm that these start comes through here again. Where tb knows no
 * registry, none is named, and the gate refuses whatever the tree names. */
export const BRIDGE = `
const { request } = require("node:http");
const { connect, createServer } = require("node:net");
const socketPath = require("node:path").join(__dirname, "npm.sock");
const [, , program, ...args] = process.argv;
const LOCAL = new Set(["run", "run-script", "rum", "urn", "test", "t", "tst", "start", "stop", "restart"]);
function become() {
  process.argv.splice(1, 1);
  require(program);
}
function open(registry) {
  const server = createServer((client) => {
    const gate = connect(socketPath);
    for (const [one, other] of [[client, gate], [gate, client]]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    client.pipe(gate).pipe(client);
  });
  server.listen(0, "127.0.0.1", () => {
    server.unref();
    const proxy = "http://127.0.0.1:" + server.address().port;
    const settings = { ...(registry && { registry }), proxy, https_proxy: proxy, noproxy: "none.invalid" };
    for (const name in settings) process.env["npm_config_" + name] = settings[name];
    become();
  });
}
if (LOCAL.has(args.find((arg) => !arg.startsWith("-")))) become();
else request({ socketPath, path: "/registry" }, (response) => {
  let text = "";
  response.on("data", (chunk) => (text += chunk)).on("end", () => open(text));
}).on("error", (error) => { console.error(error.message); process.exit(1); }).end();
`;

/** A shell script that starts Node with the bridge. */
export function wrapper({
  node,
  bridge,
  program,
  certificates,
}: Record<"node" | "bridge" | "program", string> & { certificates: string | null }): string {
  const given = certificates === null ? "" : `NODE_EXTRA_CA_CERTS=${quote(certificates)} `;
  return `#!/bin/sh\n${given}exec ${[node, bridge, program].map(quote).join(" ")} "$@"\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
