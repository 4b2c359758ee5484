// Everything in docs/ that is made from the definitions of the commands and the types of their data, and the table of mutations.
import type { Command } from "@oclif/core/command";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { mutationsPage, PAGE as MUTATIONS_PAGE } from "../../test/verify/mutations/page.ts";
import { loadSourcePlugin } from "../../src/source-plugin.ts";
import { commandName, fileStem, renderCommandPage } from "./command-page.ts";
import { commandTable, renderIndexPage } from "./index-page.ts";
import { createSchemaReader, type SchemaReader } from "./schemas.ts";

/** Folders that hold generated files and nothing else. */
export const GENERATED_FOLDERS = ["docs/commands", "docs/schemas"];

/** The text of each file by its path in the package. */
export async function generateDocs(root: string): Promise<Map<string, string>> {
  const commands = await listCommands(root);
  const reader = createSchemaReader(root);
  const files = new Map<string, string>();
  for (const command of commands) {
    const stem = fileStem(command.id);
    const { data, items } = reader.ofCommand(sourceOf(command));
    const title = `Data of tb ${commandName(command.id)}`;
    files.set(`docs/schemas/${stem}.json`, schemaFile(title, data));
    if (items) files.set(`docs/schemas/${stem}.item.json`, schemaFile(`Item of tb ${commandName(command.id)}`, items));
    const links = { data: `../schemas/${stem}.json`, items: items ? `../schemas/${stem}.item.json` : null };
    files.set(`docs/commands/${stem}.md`, renderCommandPage(command, links));
  }
  files.set("docs/commands/README.md", renderIndexPage(commands, await readTopics(root)));
  files.set("README.md", withCommands(await readFile(join(root, "README.md"), "utf8"), commands));
  files.set(MUTATIONS_PAGE, mutationsPage());
  for (const [name, schema] of commonSchemas(reader)) files.set(`docs/schemas/${name}.json`, schema);
  return files;
}

/** The readme with the table of commands between its marks. */
function withCommands(readme: string, commands: Command.Loadable[]): string {
  const shown = commands.filter(({ hidden }) => !hidden);
  const table = commandTable(shown, (stem) => `docs/commands/${stem}.md`);
  return readme.replace(/(?<=<!-- commands -->\n).*(?=<!-- \/commands -->)/s, () => `\n${table}\n\n`);
}

/** The commands for people: those that help lists and those it hides but has examples of, such as what `tb` alone runs. */
export async function listCommands(root: string): Promise<Command.Loadable[]> {
  const { commands } = await loadSourcePlugin(root);
  return commands
    .filter(({ hidden, examples }) => !hidden || examples?.length)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function sourceOf(command: Command.Loadable): string {
  return `src/commands/${command.id.replaceAll(":", "/")}.ts`;
}

function commonSchemas(reader: SchemaReader): [string, string][] {
  const file = "src/ui/machine-output.ts";
  return [
    ["envelope", schemaFile("What --json prints", reader.ofType(file, "Envelope"))],
    ["event", schemaFile("A line of --events", reader.ofType(file, "EventLine"))],
  ];
}

function schemaFile(title: string, schema: object): string {
  const { $schema, ...rest } = schema as { $schema?: string };
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}

async function readTopics(root: string): Promise<Record<string, { description: string }>> {
  const { oclif } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return oclif.topics;
}
