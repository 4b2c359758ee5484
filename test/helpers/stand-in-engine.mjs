#!/usr/bin/env node
// Stands for docker: knows the options that tb gives it, refuses every other one and any that is missing or different, and then
// runs the command on this machine as the user that was asked for. What it was asked is appended to $TB_ENGINE_LOG's file.
import { spawn } from "node:child_process";
import { appendFileSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const own = dirname(process.argv[1]);
const { rootless, image } = JSON.parse(readFileSync(join(own, "engine.json"), "utf8"));
const args = process.argv.slice(2);
appendFileSync(join(own, "engine.log"), `${JSON.stringify(args)}\n`);

function refuse(why) {
  console.error(`stand-in: ${why}`);
  process.exit(125);
}

/** Options without a value, with a fixed one, and with one of their own. */
const PLAIN = ["--rm", "--interactive", "--read-only"];
const FIXED = {
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

function run([, ...rest]) {
  const plain = [];
  const fixed = Object.fromEntries(Object.keys(FIXED).map((name) => [name, []]));
  const env = {};
  const mounts = [];
  let [workdir, user] = [];
  while (rest[0]?.startsWith("-")) {
    const option = rest.shift();
    if (PLAIN.includes(option)) plain.push(option);
    else if (option in FIXED) fixed[option].push(rest.shift());
    else if (option === "--workdir") workdir = rest.shift();
    else if (option === "--user") user = rest.shift();
    else if (option === "--mount") mounts.push(rest.shift());
    else if (option === "--env") {
      const [name, ...value] = rest.shift().split("=");
      env[name] = value.length > 0 ? value.join("=") : (process.env[name] ?? refuse(`no value for ${name}`));
    } else refuse(`unknown option ${option}`);
  }
  if (plain.toSorted().join() !== PLAIN.toSorted().join()) refuse(`options ${plain.join(" ")}`);
  if (JSON.stringify(fixed) !== JSON.stringify(FIXED)) refuse(`options ${JSON.stringify(fixed)}`);
  for (const mount of mounts) {
    const [, source, target] = /^type=bind,"source=([^"]+)","target=([^"]+)"(,readonly)?$/.exec(mount) ?? refuse(mount);
    if (target !== source && !statSync(source).isFile()) refuse(`${source} at ${target}`); // folders keep their paths
  }
  if (!/^\d+:\d+$/.test(user ?? "")) refuse(`user ${user}`);
  const [name, ...command] = rest;
  if (name !== image) refuse(`no image ${name}`);
  const [uid, gid] = user.split(":").map(Number);
  const identity = process.getuid() === 0 ? { uid, gid } : {};
  const child = spawn(command[0], command.slice(1), {
    cwd: workdir,
    env,
    stdio: "inherit",
    detached: true,
    ...identity,
  });
  child.on("error", (error) => refuse(error.message));
  process.on("SIGTERM", () => child.kill("SIGTERM")); // as the client of the engine passes it on
  child.on("exit", (code, signal) => process.exit(signal ? 137 : code));
}

if (args[0] === "info") console.log(JSON.stringify(rootless ? ["name=rootless"] : ["name=seccomp,profile=builtin"]));
else if (args[0] === "image" && args[1] === "inspect") {
  if (args.at(-1) !== image) refuse(`no such image: ${args.at(-1)}`);
  console.log("sha256:0");
} else if (args[0] === "run") run(args);
else refuse(`unknown command ${args[0]}`);
