// The files that every project starts from: the template, with the project's name and its first migration.
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { packageRoot } from "../package-root.ts";
import type { Plan } from "./plan.ts";
import { accountTable } from "./accounts.ts";
import { withAccounts } from "./base-with-accounts.ts";
import { renderAccounts } from "./render-accounts.ts";
import { renderApiSection } from "./render-api-section.ts";
import { renderOptionsSection } from "./render-options-section.ts";
import { renderCors } from "./render-cors.ts";
import { renderMigration } from "./render-migration.ts";

const TEMPLATES = `${packageRoot()}/templates/`;

/** What belongs to the database; the rest that differs is in the template nitro-without-database. */
const DATABASE_FILES = [
  "migrations/",
  "scripts/migrate.ts",
  "server/plugins/database.ts",
  "server/utils/db.ts",
  "server/utils/env.ts",
  "server/utils/page.ts",
  "server/utils/sql.ts",
  "tests/database.ts",
  "tests/migrate.test.ts",
  "tests/sql.test.ts",
];

/** What a check of the template itself leaves in its folder. */
const NOT_TEMPLATE = new Set(["node_modules", ".output", ".nitro", ".env"]);

const PUBLIC_URL = `# Where clients reach the API; without it the url of a row names the host of the request.
# PUBLIC_URL=https://api.example.com`;

/** Files that show the template's name. package-lock.json has none, so that prepared dependencies fit every project. */
const NAMED_FILES = new Set(["package.json", "README.md", "openapi.json", "fly.toml", ".env.example"]);

export interface ProjectFile {
  /** Relative to the project, with forward slashes. */
  path: string;
  content: string;
  executable?: boolean;
}

/** All files of a new project before anything of its API is written, sorted by path. The migration is among them when the
 * plan has tables; without a database, so is nothing that needs one. */
export async function baseProjectFiles(plan: Plan): Promise<ProjectFile[]> {
  const withDatabase = plan.database.needed;
  const files = new Map<string, ProjectFile>();
  for (const file of await templateFiles("nitro")) {
    if (withDatabase || !DATABASE_FILES.some((path) => file.path.startsWith(path))) files.set(file.path, file);
  }
  if (!withDatabase) for (const file of await templateFiles("nitro-without-database")) files.set(file.path, file);
  for (const file of [...renderCors(plan), ...renderAccounts(plan)]) files.set(file.path, file);
  const migration = renderMigration(plan);
  if (migration) {
    files.delete("migrations/.gitkeep");
    files.set(migration.file, { path: migration.file, content: migration.sql });
  }
  const all = [...files.values()];
  const ready = accountTable(plan.tables) ? all.map((file) => ({ ...file, content: withAccounts(file) })) : all;
  return ready.map((file) => personalise(file, plan)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The manifests of the templates: what new projects depend on. Their own names play no part in what is prepared. */
export async function templateManifests(): Promise<{ name: string; packageJson: string; lockfile: string }[]> {
  return Promise.all(
    ["nitro", "nitro-without-database"].map(async (name) => ({
      name,
      packageJson: await readFile(join(TEMPLATES, name, "package.json"), "utf8"),
      lockfile: await readFile(join(TEMPLATES, name, "package-lock.json"), "utf8"),
    })),
  );
}

async function templateFiles(name: string): Promise<ProjectFile[]> {
  const folder = join(TEMPLATES, name);
  const files: ProjectFile[] = [];
  for (const path of await pathsIn(folder)) {
    const file = join(folder, path);
    const { mode } = await stat(file);
    files.push({
      path: published(path.split(sep).join("/")),
      content: await readFile(file, "utf8"),
      ...(mode & 0o100 && { executable: true }),
    });
  }
  return files;
}

async function pathsIn(folder: string, root = folder): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (NOT_TEMPLATE.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) paths.push(...(await pathsIn(path, root)));
    else paths.push(relative(root, path));
  }
  return paths;
}

/** npm leaves .gitignore out of a package, so the template has it under another name. */
function published(path: string): string {
  return path === "gitignore" ? ".gitignore" : path;
}

function personalise(file: ProjectFile, plan: Plan): ProjectFile {
  if (!NAMED_FILES.has(file.path)) return file;
  const named = file.content.replaceAll("base-api", plan.name).replaceAll("base_api", plan.name.replaceAll("-", "_"));
  if (file.path === ".env.example" && plan.tables.some(({ url }) => url))
    return { ...file, content: named.replace("\n# A host name,", `\n${PUBLIC_URL}\n\n# A host name,`) };
  const content =
    file.path === "README.md"
      ? named.replace("<!-- endpoints -->", () => renderApiSection(plan) + renderOptionsSection(plan) + leftOut(plan))
      : named;
  return { ...file, content };
}

/** The part of the README that says what the request asked for and the project does not do. */
function leftOut({ not_understood }: Plan): string {
  if (not_understood.length === 0) return "";
  const items = not_understood.map((text) => `- ${text.replace(/[\\`*_<[\]|]/g, String.raw`\$&`)}`);
  return `\n\n## Left out\n\nThe request asked for these as well. They are not built.\n\n${items.join("\n")}`;
}
