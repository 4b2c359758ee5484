// One command as a page of Markdown, from its definition.
import type { Command } from "@oclif/core/command";
import { exitCodesOf } from "../../src/ui/exit-codes.ts";

export interface PageLinks {
  /** Schema of the command's data, seen from the page. */
  data: string;
  /** Schema of the items that it streams; null when it streams none. */
  items: string | null;
}

/** `deploy`, `projects list`. */
export function commandName(id: string): string {
  return id.replaceAll(":", " ");
}

/** Name of a command's files: `projects-list`. */
export function fileStem(id: string): string {
  return id.replaceAll(":", "-");
}

export function renderCommandPage(command: Command.Loadable, links: PageLinks): string {
  const sections = [
    `# tb ${commandName(command.id)}`,
    command.summary ?? "",
    fence(usage(command)),
    ...(command.description ? [command.description] : []),
    ...table(
      "## Arguments",
      ["argument", ""],
      Object.values(command.args).map((arg) => [code(arg.name.toUpperCase()), describeArgument(arg)]),
    ),
    ...flagSections(Object.values(command.flags)),
    "## Examples",
    fence(examplesOf(command).join("\n")),
    ...table(
      "## Exit codes",
      ["code", "meaning"],
      exitCodesOf(command).map(({ code, meaning }) => [String(code), meaning]),
    ),
    "## For programs",
    forPrograms(links),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** The examples as they are typed. */
export function examplesOf(command: Command.Loadable): string[] {
  const examples = command.examples ?? [];
  return examples.map((example) => {
    const text = typeof example === "string" ? example : example.command;
    return text.replaceAll("<%= config.bin %>", "tb").replaceAll("<%= command.id %>", commandName(command.id));
  });
}

function usage(command: Command.Loadable): string {
  const args = Object.values(command.args).map(({ name, required }) =>
    required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  );
  return ["tb", commandName(command.id), ...args, "[flags]"].join(" ");
}

/** The command's own flags, then its groups, at last those that every command has. */
function flagSections(flags: Command.Flag.Any[]): string[] {
  const groups = new Map<string, Command.Flag.Any[]>();
  for (const flag of flags.filter(({ hidden }) => !hidden)) {
    const group = flag.helpGroup ?? "";
    groups.set(group, [...(groups.get(group) ?? []), flag]);
  }
  const order = [...groups.keys()].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return order.flatMap((group) =>
    table(
      group === "" ? "## Flags" : `## ${capitalised(group)} flags`,
      ["flag", ""],
      groups
        .get(group)!
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map((flag) => [code(flagLabel(flag)), describeFlag(flag)]),
    ),
  );
}

function rank(group: string): number {
  return group === "" ? 0 : group === "GLOBAL" ? 2 : 1;
}

function flagLabel(flag: Command.Flag.Any): string {
  const short = flag.char ? `-${flag.char}, ` : "";
  const long = flag.type === "boolean" && flag.allowNo ? `--[no-]${flag.name}` : `--${flag.name}`;
  const value = flag.type === "option" ? ` ${valueName(flag)}` : "";
  return `${short}${long}${value}`;
}

function valueName(flag: Command.Flag.Any & { type: "option" }): string {
  if (flag.options && !flag.helpValue) return flag.options.join("|");
  const named = Array.isArray(flag.helpValue) ? flag.helpValue.join(" ") : flag.helpValue;
  return (named ?? flag.name.toUpperCase()).replaceAll(/^<|>$/g, "");
}

function describeFlag(flag: Command.Flag.Any): string {
  const parts = [flag.summary ?? flag.description ?? ""];
  if (flag.required) parts.push("Required.");
  if (flag.type === "option" && flag.options && flag.helpValue) {
    parts.push(`One of ${flag.options.map(code).join(", ")}.`);
  }
  if (flag.type === "option" && flag.multiple) parts.push("May be given several times.");
  if (flag.type === "option" && flag.default !== undefined) parts.push(`Default: ${code(String(flag.default))}.`);
  if (flag.type === "boolean" && flag.allowNo && flag.default === true) parts.push("On by default.");
  if (flag.dependsOn?.length) parts.push(`Only with ${flag.dependsOn.map((name) => code(`--${name}`)).join(", ")}.`);
  if (flag.exclusive?.length) parts.push(`Not with ${flag.exclusive.map((name) => code(`--${name}`)).join(", ")}.`);
  return parts.join(" ");
}

function describeArgument(arg: Command.Arg.Any): string {
  const parts = [arg.description ?? ""];
  if (!arg.required) parts.push("Optional.");
  if (arg.options) parts.push(`One of ${arg.options.map(code).join(", ")}.`);
  return parts.join(" ");
}

function forPrograms({ data, items }: PageLinks): string {
  const dataLine = `\`--json\` prints one object (${link("envelope", "../schemas/envelope.json")}); its \`data\` is ${link("described here", data)}.`;
  const eventLine = `\`--events\` prints lines (${link("schema", "../schemas/event.json")}); the last one carries the same data.`;
  if (items === null) return `${dataLine}\n${eventLine}`;
  return `${dataLine}\nWhen it streams, \`--json\` prints one item a line instead (${link("schema of an item", items)}).\n${eventLine}`;
}

/** A heading with its table, or nothing when there are no rows. */
function table(heading: string, head: string[], rows: string[][]): string[] {
  return rows.length === 0 ? [] : [heading, markdownTable(head, rows)];
}

export function markdownTable(head: string[], rows: string[][]): string {
  return [tableRow(head), `|${head.map(() => " --- |").join("")}`, ...rows.map(tableRow)].join("\n");
}

function tableRow(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

export function link(text: string, target: string): string {
  return `[${text}](${target})`;
}

function fence(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\``;
}

function code(text: string): string {
  return `\`${text}\``;
}

function capitalised(group: string): string {
  return group.charAt(0) + group.slice(1).toLowerCase();
}
