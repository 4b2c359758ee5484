// docs/outcomes.md: what every command says and how it ends, circumstance by circumstance.
import { NARROW, type Circumstance, type Outcome } from "../../test/helpers/outcomes.ts";
import { markdownTable } from "./command-page.ts";
import { masked } from "./transcripts.ts";

export const OUTCOMES_PAGE = "docs/outcomes.md";

const INTRODUCTION = `# What every command does when something is missing

Each command was really run in each of these circumstances (\`npm run outcomes\` does it again, and a test compares). Ids, times,
sizes, ports and paths are left out. [What the exit codes mean](commands/README.md#exit-codes).`;

export function renderOutcomes(circumstances: Circumstance[]): string {
  const sections = circumstances.flatMap((circumstance) => [
    `## ${circumstance.title}`,
    circumstance.how,
    markdownTable(["command", "exit", headOf(circumstance)], rowsOf(circumstance)),
  ]);
  return `${[INTRODUCTION, summary(circumstances), ...sections].join("\n\n")}\n`;
}

/** Exit codes by command and circumstance; empty where a command was not tried. */
function summary(circumstances: Circumstance[]): string {
  const codes = new Map<string, string[]>();
  for (const [i, circumstance] of circumstances.entries()) {
    for (const [command, code] of rowsOf(circumstance)) {
      const row = command!.replace(/ --json`$/, "`");
      const cells = codes.get(row) ?? circumstances.map(() => "");
      cells[i] = code!;
      codes.set(row, cells);
    }
  }
  return markdownTable(
    ["exit codes", ...circumstances.map(({ title }) => title.toLowerCase())],
    [...codes].map(([command, cells]) => [command, ...cells]),
  );
}

/** The table's rows: command, exit code, what it said. */
export function rowsOf({ title, outcomes }: Circumstance): string[][] {
  return outcomes.map((outcome) => [
    `\`tb ${outcome.command}\``,
    outcome.code === null ? "killed" : String(outcome.code),
    title === "--json" ? jsonOf(outcome) : `${saidIn(outcome)}${title === "A narrow terminal" ? widthOf(outcome) : ""}`,
  ]);
}

function headOf({ title }: Circumstance): string {
  return title === "--json" ? "what it prints" : "what it says first";
}

/** The error if there is one, else the first line. */
function saidIn({ stdout, stderr }: Outcome): string {
  const text = `${stdout}\n${stderr}`;
  const error = /✖ (?:(?!✖ )[^])*?(?=\s+exit \d+$)/m.exec(text)?.[0];
  const [first = ""] = (error?.replaceAll(/\s+/g, " ") ?? text.trim()).split("\n");
  return cell(first);
}

function cell(text: string): string {
  const plain = masked(text)
    .replaceAll(/~?(\/[\w.-]+){2,}/g, "…")
    .replaceAll(/\bprocess \d+/g, "process 0")
    .trim();
  return plain.length > 160 ? `${plain.slice(0, 159)}…` : plain;
}

/** Lines that stay whole, so that they can be pasted: commands, paths, ids. */
function widthOf({ stdout }: Outcome): string {
  const widest = Math.max(...stdout.split("\n").map((line) => line.length));
  return widest > NARROW ? " (some lines stay whole)" : "";
}

function jsonOf({ stdout }: Outcome): string {
  if (stdout.startsWith('{"')) return "an item a line";
  const { ok, error } = JSON.parse(stdout) as { ok: boolean; error: { code: string } | null };
  return error ? `ok: ${ok}, error: ${error.code}` : `ok: ${ok}`;
}
