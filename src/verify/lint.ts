// Check "lint": oxlint finds nothing, and oxfmt would change nothing.
import * as z from "zod";
import { ending, type Finding } from "./check.ts";
import { runNode, type Subject } from "./subject.ts";
import type { Failure } from "./verdict.ts";

export const LINT = ["node_modules/oxlint/bin/oxlint", "--deny-warnings", "--format=json"];
export const FORMAT = ["node_modules/oxfmt/bin/oxfmt", "--list-different"];

const Report = z.object({
  diagnostics: z.array(
    z.object({
      message: z.string(),
      code: z.string().optional(),
      help: z.string().optional(),
      filename: z.string().optional(),
      labels: z.array(z.object({ span: z.object({ line: z.number() }) })).optional(),
    }),
  ),
});

export async function checkLint(subject: Subject): Promise<Finding> {
  const [lint, format] = await Promise.all([runNode(subject, LINT), runNode(subject, FORMAT)]);
  const failures = parseLintReport(lint.stdout);
  if (lint.exitCode !== 0 && failures.length === 0) failures.push({ message: ending("oxlint", lint) });
  const unformatted = format.stdout.split("\n").filter(Boolean);
  failures.push(...unformatted.map((file) => ({ file, message: "is not formatted: run `npm run format`." })));
  if (format.exitCode !== 0 && unformatted.length === 0) failures.push({ message: ending("oxfmt", format) });
  return { count: null, summary: "lint", failures };
}

/** The report of `oxlint --format=json`; nothing when it is not one. */
export function parseLintReport(output: string): Failure[] {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    return []; // not a report: the exit code tells the rest
  }
  const report = Report.safeParse(json);
  if (!report.success) return [];
  return report.data.diagnostics.map(({ message, code, help, filename, labels }) => {
    const line = labels?.[0]?.span.line;
    return {
      message: `${message}${code ? ` [${code}]` : ""}${help ? ` ${help}` : ""}`,
      ...(filename && { file: filename }),
      ...(line !== undefined && { line }),
    };
  });
}
