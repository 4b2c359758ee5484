// What `tb create` says at the end, and a plan as people read it.
import type { CreateResult } from "../pipeline/phases/record.ts";
import type { Column, Plan } from "../plan/plan.ts";
import { columns, fitTable, foldCode, foldCommand } from "./layout.ts";
import { formatUsd, wrap } from "./output.ts";

/** The data of `tb create --plan --json`. */
export interface Planned {
  outcome: "planned";
  model: string;
  plan: Plan;
  /** The first migration, as it would be applied; null without a database. */
  sql: string | null;
  file: string | null;
  cost: { usd: number | null; input_tokens: number; output_tokens: number };
  assumptions: string[];
  not_understood: string[];
}

const LABEL = 10;
const NARROW = 60;
const COMMANDS = new Set(["Try", "Docs", "Deploy", "Code", "Change", "Look", "Remove"]);

export function formatCreated(result: CreateResult): string {
  const { project, deployment, repository, plan, cost } = result;
  const rows: [string, string][] = [];
  result.assumptions.forEach((text, i) => rows.push([i === 0 ? "Assumed" : "", text]));
  result.not_understood.forEach((text, i) => rows.push([i === 0 ? "Left out" : "", text]));
  if (deployment) {
    rows.push(["Try", `curl ${deployment.url}${firstList(plan)}`], ["Docs", `${deployment.url}/docs`]);
  } else rows.push(["Deploy", `tb deploy ${project.name}`]);
  rows.push(["Code", `git clone ${repository.url} ${project.name}`]);
  rows.push(["Change", `git push, then tb deploy ${project.name}`]);
  rows.push(["Look", `tb status ${project.name} · tb logs ${project.name} · tb activity ${project.name}`]);
  rows.push(["Remove", `tb destroy ${project.name} --confirm ${project.name}`]);
  const { provider, isolation } = result.sandbox;
  const end = `Model ${result.model} · sandbox ${provider} (${isolation}) · run ${result.run.id} · ${formatUsd(cost.usd)}`;
  const last = breakAtDots(end, columns() - 2).map((line) => `  ${line}`);
  return ["", ...rows.flatMap(([label, text]) => labelled(label, text)), "", ...last].join("\n");
}

/** A label and its text, continuation lines under the text; in a narrow terminal the text stands below its label. Commands
 * can be pasted whatever the width. */
function labelled(label: string, text: string): string[] {
  const beside = columns() >= NARROW;
  const width = columns() - (beside ? LABEL + 2 : 4);
  const lines = COMMANDS.has(label) ? breakAtDots(text, width) : wrap(text, width);
  if (!beside) return [...(label ? [`  ${label}`] : []), ...lines.map((line) => `    ${line}`)];
  return lines.map((line, i) => `  ${(i === 0 ? label : "").padEnd(LABEL)}${line}`);
}

/** Several to a line where they fit. */
function breakAtDots(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of text.split(" · ")) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} · ${part}`.length <= width) lines[lines.length - 1] = `${last} · ${part}`;
    else lines.push(part);
  }
  return lines.flatMap((line) => foldCommand(line, width));
}

/** A path that answers at once: the last list, or where lists need a token something that does not. */
function firstList(plan: Plan): string {
  const lists = plan.endpoints.filter(({ operation }) => operation.kind === "list");
  const listed = plan.endpoints.some(({ operation }) => operation.kind === "log-in") ? undefined : lists.at(-1);
  return listed?.path ?? plan.endpoints.find(({ operation }) => operation.kind === "constant")?.path ?? "/api/health";
}

/** @param asked what was asked for, as it stands behind `tb create`. */
export function formatPlanned({ plan, sql, file, model, cost }: Planned, asked = '"…"'): string {
  const by = model === "none" ? "" : ` (model ${model})`;
  const lines = [...wrap(`Plan for ${plan.name}${by}; nothing was built.`, columns()), ""];
  for (const table of plan.tables) {
    lines.push(
      `  ${table.name}`,
      ...fitTable(table.columns.map((column) => ["", column.name, column.type, describe(column)])).split("\n"),
      "",
    );
  }
  if (!plan.database.needed) lines.push(fitTable([[`No database: ${plan.database.reasoning}`]]), "");
  lines.push(fitTable(plan.endpoints.map(({ method, path, summary }) => [method, path, summary])), "");
  plan.assumptions.forEach((text, i) => lines.push(...labelled(i === 0 ? "Assumed" : "", text)));
  plan.not_understood.forEach((text, i) => lines.push(...labelled(i === 0 ? "Left out" : "", text)));
  if (plan.assumptions.length + plan.not_understood.length > 0) lines.push("");
  if (sql)
    lines.push(
      ...sql
        .trimEnd()
        .split("\n")
        .flatMap((line) => (line ? foldCode(`  ${line}`, columns()) : [""])),
      "",
    );
  lines.push(`  Cost so far ${formatUsd(cost.usd)}`);
  lines.push(
    file
      ? `  → tb apply ${file}`
      : `  → tb create ${asked}                   build it\n  → tb create ${asked} --plan-out FILE   keep it for tb apply`,
  );
  return lines.join("\n");
}

function describe(column: Column): string {
  const parts: string[] = [];
  if (column.values) parts.push(`one of ${column.values.join(", ")}`);
  if (column.maxLength !== undefined) parts.push(`at most ${column.maxLength} characters`);
  if (column.minimum !== undefined) parts.push(`>= ${column.minimum}`);
  if (column.maximum !== undefined) parts.push(`<= ${column.maximum}`);
  if (column.references) parts.push(`references ${column.references.table}`);
  if (column.unique) parts.push("unique");
  if (column.nullable) parts.push("optional");
  if (column.default !== null) parts.push(`default ${column.default}`);
  return parts.join(", ");
}
