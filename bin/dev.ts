#!/usr/bin/env node
// tb from its sources, loaded by oclif's own means.
import { runCommandLine } from "../src/main.ts";
import { loadSourcePlugin } from "../src/source-plugin.ts";

await runCommandLine(loadSourcePlugin);
