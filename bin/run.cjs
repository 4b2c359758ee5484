#!/usr/bin/env node
// Starts tb. CommonJS, because Node starts that faster; old syntax until the version is known, so that an old Node reaches
// the message below. The two answers that need no program are given here at once (bundled when `npm run build` runs).
"use strict";
var version = process.versions.node.split(".").map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 18)) {
  process.stderr.write("tb needs Node 22.18 or newer; this is " + process.versions.node + ".\n");
  process.exit(3);
}

const { join } = require("node:path");
const dist = join(__dirname, "..", "dist");
if (!answerAtOnce()) {
  require("node:module").enableCompileCache(process.env.NODE_COMPILE_CACHE || compileCache());
  require(join(dist, "main.cjs"));
}

/** Not Node's default, which is a folder that other users can make first: what lies in it is run. */
function compileCache() {
  const { XDG_CACHE_HOME } = process.env;
  const home = require("node:os").homedir();
  if (process.platform === "darwin") return join(home, "Library", "Caches", "turbobackend", "compiled");
  return join(XDG_CACHE_HOME || join(home, ".cache"), "turbobackend", "compiled");
}

/** `tb --version`, and `tb --help` where it looks as it was rendered: 80 columns, no colours. */
function answerAtOnce() {
  if (process.argv.length !== 3) return false;
  const asked = process.argv[2];
  if (asked !== "--version" && asked !== "--help") return false;
  const { readFileSync } = require("node:fs");
  const { name, version: own } = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8"));
  const versions = `${name}/${own} ${process.platform}-${process.arch} node-${process.version}`;
  if (asked === "--version") return write(`${versions}\n`);
  const { FORCE_COLOR, OCLIF_COLUMNS } = process.env;
  if (FORCE_COLOR || OCLIF_COLUMNS || require("node:tty").isatty(1)) return false;
  return write(readFileSync(join(dist, "help.txt"), "utf8").replace("{versions}", versions));
}

/** To the descriptor, because opening process.stdout costs more than all of the above. */
function write(text) {
  const { writeSync } = require("node:fs");
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch (error) {
    if (error.code === "EPIPE") return true;
    process.stdout.write(bytes.subarray(written)); // a pipe that is full, or an error that is told like any other
  }
  return true;
}
