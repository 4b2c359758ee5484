#!/usr/bin/env node
// The whole module: an old Node that lacks a name has to reach the message below.
import nodeModule from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`tb needs Node 22.18 or newer; this is ${process.versions.node}.\n`);
  process.exit(3);
}
nodeModule.enableCompileCache?.();
nodeModule.createRequire(import.meta.url)("../dist/main.cjs");
