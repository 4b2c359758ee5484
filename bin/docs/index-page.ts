// The list of all commands, topic by topic.
import type { Command } from "@oclif/core/command";
import { allExitCodes } from "../../src/ui/exit-codes.ts";
import { commandName, fileStem, link, markdownTable } from "./command-page.ts";

/** `topics`: what package.json says about each. */
export function renderIndexPage(
  commands: Command.Loadable[],
  topics: Readonly<Record<string, { description: string }>>,
): string {
  const sections = [
    "# Commands",
    "Every command also takes `--json`, `--events` and `--quiet`, and `--help` shows in the terminal what these pages say.",
    commandTable(commands.filter(({ id }) => !id.includes(":"))),
    ...Object.entries(topics).flatMap(([topic, { description }]) => [
      `## tb ${topic}`,
      description,
      commandTable(commands.filter(({ id }) => id.startsWith(`${topic}:`))),
    ]),
    "## Exit codes",
    markdownTable(
      ["code", "meaning"],
      allExitCodes().map(({ code, meaning }) => [String(code), meaning]),
    ),
  ];
  return `${sections.join("\n\n")}\n`;
}

export function commandTable(commands: Command.Loadable[], pageOf = (stem: string) => `${stem}.md`): string {
  return markdownTable(
    ["command", ""],
    commands.map((command) => [
      link(`tb ${commandName(command.id)}`, pageOf(fileStem(command.id))),
      command.summary ?? "",
    ]),
  );
}
