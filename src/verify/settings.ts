// What a planned project is judged by belongs to tb: the settings of compiler, linter and build, and the scripts that tb runs.
// They are those of the base project, no others stand beside them, and no comment switches anything off.
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import { baseProjectFiles } from "../plan/base-project.ts";
import type { Plan } from "../plan/plan.ts";
import type { CheckName, Failure } from "./verdict.ts";

/** Problems by the check that they would make worthless. */
export type SettingsProblems = ReadonlyMap<CheckName, Failure[]>;

/** Files of the base project that stay as they are. */
const FIXED: readonly [RegExp, CheckName][] = [
  [/^tsconfig\.json$/, "types"],
  [/^\.ox(?:lint|fmt)rc\.json$/, "lint"],
  [/^scripts\/(?:openapi|routes)\.ts$/, "openapi"],
  [/^nitro\.config\.ts$/, "build"],
  [/^scripts\/migrate\.ts$/, "migrations"],
  [/^scripts\/(?:test|serve)\.ts$/, "tests"],
];

/** Files that the tools would read besides. */
const MORE: readonly [RegExp, CheckName][] = [
  [/(?:^|\/)(?:\.?ox(?:lint|fmt)(?:rc)?(?:\.config)?\.\w+|\.eslintignore|\.prettierignore|\.editorconfig)$/, "lint"],
  [/^(?:nitro\.config\.\w+|\.nitrorc|\.config\/.*)$/, "build"],
];

/** Comments that keep a tool from looking. */
const SUPPRESSIONS: readonly [RegExp, CheckName, string][] = [
  [/@ts-(?:nocheck|ignore)\b/, "types", "keeps the compiler from looking"],
  [/\b(?:eslint|oxlint)-disable/, "lint", "keeps the linter from looking"],
  [/\b(?:oxfmt|prettier)-ignore\b/, "lint", "keeps the formatter from looking"],
  [/\bnode:coverage (?:disable|ignore)/, "tests", "hides code from the coverage"],
];

export async function settingsProblems(
  sandbox: Pick<Sandbox, "listFiles" | "readFile">,
  plan: Plan,
): Promise<SettingsProblems> {
  const problems = new Map<CheckName, Failure[]>();
  const add = (name: CheckName, failure: Failure) => problems.set(name, [...(problems.get(name) ?? []), failure]);
  const base = new Map((await baseProjectFiles(plan)).map(({ path, content }) => [path, content]));
  const files = await sandbox.listFiles();
  for (const [path, content] of base) {
    const name = nameFor(FIXED, path);
    if (!name || (files.includes(path) && (await sandbox.readFile(path)) === content)) continue;
    const message = "is not what it is in the base project, and the project is judged by it: put it back.";
    add(name, { file: path, message });
  }
  for (const path of files.filter((one) => !base.has(one))) {
    const name = nameFor(MORE, path);
    if (name) add(name, { file: path, message: "would change how the project is judged: remove it." });
  }
  for (const path of files.filter((one) => /^(?:server|scripts|tests)\/.*\.[cm]?[jt]sx?$/.test(one))) {
    for (const [name, failure] of suppressions(path, await sandbox.readFile(path))) add(name, failure);
  }
  return problems;
}

function nameFor(rules: readonly [RegExp, CheckName][], path: string): CheckName | undefined {
  return rules.find(([pattern]) => pattern.test(path))?.[1];
}

function suppressions(file: string, text: string): [CheckName, Failure][] {
  if (!SUPPRESSIONS.some(([pattern]) => pattern.test(text))) return [];
  return text.split("\n").flatMap((content, index) =>
    SUPPRESSIONS.flatMap(([pattern, name, what]): [CheckName, Failure][] => {
      const found = pattern.exec(content)?.[0];
      return found ? [[name, { file, line: index + 1, message: `"${found}" ${what}: mend the code instead.` }]] : [];
    }),
  );
}
