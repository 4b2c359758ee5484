// Stands for docker: knows the options that tb gives it, refuses every other one and any that is missing or different, and then
// runs the command on this machine as the user that was asked for. Its first argument is its own folder: engine.json there says
// what it is to be, engine.log keeps what it was asked.
import { spawn } from "node:child_process";
import { appendFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const [own = "", ...args] = process.argv.slice(2);
const facts: { rootless: boolean; image: string } = JSON.parse(readFileSync(join(own, "engine.json"), "utf8"));
appendFileSync(join(own, "engine.log"), `${JSON.stringify(args)}\n`);

function refuse(why: string): never {
  process.stderr.write(`stand-in: ${why}\n`);
  process.exit(125);
}

const PLAIN = ["--interactive", "--read-only", "--rm"];
const FIXED: Record<string, string[]> = {
  "--pull": ["never"],
  "--hostname": ["sandbox"],
  "--network": ["none"],
  "--cap-drop": ["ALL"],
  "--security-opt": ["no-new-privileges"],
  "--pids-limit": ["512"],
  "--memory": ["4294967296"],
  "--memory-swap": ["4294967296"],
  "--ulimit": ["nofile=8192:8192", "core=0:0", "fsize=1073741824:1073741824"],
  "--tmpfs": ["/tmp:rw,exec,nosuid,nodev,mode=1777,size=268435456"],
  "--shm-size": ["67108864"],
};

interface Asked {
  plain: string[];
  fixed: Record<string, string[]>;
  env: Record<string, string>;
  mounts: string[];
  workdir: string;
  user: string;
  rest: string[];
}

function parse(rest: string[]): Asked {
  const fixed = Object.fromEntries(Object.keys(FIXED).map((name) => [name, [] as string[]]));
  const asked: Asked = { plain: [], fixed, env: {}, mounts: [], workdir: "", user: "", rest };
  while (rest[0]?.startsWith("-")) {
    const option = rest.shift()!;
    if (PLAIN.includes(option)) asked.plain.push(option);
    else if (option in fixed) fixed[option]!.push(rest.shift()!);
    else if (option === "--workdir") asked.workdir = rest.shift()!;
    else if (option === "--user") asked.user = rest.shift()!;
    else if (option === "--mount") asked.mounts.push(rest.shift()!);
    else if (option === "--env") {
      const [name = "", ...value] = rest.shift()!.split("=");
      asked.env[name] = value.length > 0 ? value.join("=") : (process.env[name] ?? refuse(`no value for ${name}`));
    } else refuse(`unknown option ${option}`);
  }
  return asked;
}

function judge({ plain, fixed, mounts, user, rest }: Asked): void {
  if (JSON.stringify(plain.toSorted((a, b) => (a < b ? -1 : 1))) !== JSON.stringify(PLAIN)) refuse(plain.join(" "));
  if (JSON.stringify(fixed) !== JSON.stringify(FIXED)) refuse(`options ${JSON.stringify(fixed)}`);
  for (const mount of mounts) {
    const [, source = "", target] =
      /^type=bind,"source=([^"]+)","target=([^"]+)"(,readonly)?$/.exec(mount) ?? refuse(mount);
    if (target !== source && !statSync(source).isFile()) refuse(`${source} at ${target}`); // folders keep their paths
  }
  if (!/^\d+:\d+$/.test(user)) refuse(`user ${user}`);
  if (rest[0] !== facts.image) refuse(`no image ${rest[0]}`);
}

function run(asked: Asked): void {
  judge(asked);
  const [uid, gid] = asked.user.split(":").map(Number);
  const identity = process.getuid?.() === 0 ? { uid, gid } : {};
  const [, program = "", ...more] = asked.rest;
  const child = spawn(program, more, {
    cwd: asked.workdir,
    env: asked.env,
    stdio: "inherit",
    detached: true,
    ...identity,
  });
  child.on("error", (error) => refuse(error.message));
  process.on("SIGTERM", () => child.kill("SIGTERM")); // as the client of the engine passes it on
  child.on("exit", (code, signal) => process.exit(signal ? 137 : code));
}

if (args[0] === "info") {
  process.stdout.write(`${JSON.stringify(facts.rootless ? ["name=rootless"] : ["name=seccomp,profile=builtin"])}\n`);
} else if (args[0] === "image" && args[1] === "inspect") {
  if (args.at(-1) !== facts.image) refuse(`no such image: ${args.at(-1)}`);
  process.stdout.write("sha256:0\n");
} else if (args[0] === "run") run(parse(args.slice(1)));
else refuse(`unknown command ${args[0]}`);
