// A line of a deployment's log as people read it: the time once, a request as a request.
import { stripVTControlCharacters } from "node:util";
import type { LogLine } from "../adapters/deploy-target/deploy-target.ts";
import { paint } from "./output.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `previous` is the line before: a change of deployment is said. */
export function formatLogLine(item: LogLine, previous: LogLine | null, now = new Date()): string {
  const text = item.stream === "app" ? saidByApp(item.line) : paint("dim", `· ${printable(item.line)}`, process.stdout);
  const line = `${paint("dim", clock(new Date(item.at), now), process.stdout)}  ${text}`;
  if (previous === null || previous.deployment === item.deployment) return line;
  return `${paint("dim", `── ${item.deployment} ──`, process.stdout)}\n${line}`;
}

/** Local time, with the day when it is not today. */
function clock(date: Date, now: Date): string {
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
  return date.toDateString() === now.toDateString() ? time : `${date.getDate()} ${MONTHS[date.getMonth()]} ${time}`;
}

/** A generated project logs one JSON object a request, with its own time in it. */
export function saidByApp(line: string): string {
  const known = parseObject(line);
  if (!known) return printable(line);
  const { time, method, path, status, ms, ...others } = known;
  const rest = Object.keys(others).length > 0 ? ` ${JSON.stringify(others)}` : "";
  if (typeof method === "string" && typeof path === "string" && typeof status === "number") {
    const duration = typeof ms === "number" ? `  ${ms} ms` : "";
    const style = status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
    return printable(`${method.padEnd(6)} ${path}  `) + paint(style, String(status), process.stdout) + duration + rest;
  }
  return printable(typeof time === "string" ? JSON.stringify({ ...known, time: undefined }) : line);
}

function parseObject(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // only looked like it
  }
}

/** What an application prints must not steer the terminal. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, "");
}
