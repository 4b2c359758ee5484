// A timeline as people read it: one line an activity, two where the terminal is narrow.
import type { ActivityItem } from "../control/activity.ts";
import type { ActivityGroup, Grouping } from "../control/activity-groups.ts";
import { cellWidth, cut, fit, oneLine } from "./cells.ts";
import { columns } from "./layout.ts";
import { formatTime, paint } from "./output.ts";

/** Columns of each part; 0 leaves it out. */
export interface TimelineLayout {
  time: number;
  project: number;
  type: number;
  /** 0: the details have a line of their own. */
  details: number;
  run: number;
  /** Of the whole line. */
  line: number;
}

const LONGEST_PROJECT = 16;
/** `run_` and six characters find one run among millions. */
const RUN = 10;
/** Fewer columns for the details tell nothing. */
const FEWEST = 20;
/** With fewer columns for the details, the run gives its own. */
const ENOUGH = 30;

/** As wide as these activities need it, and those that are still to come where there will be more. */
export function timelineLayout(
  activities: readonly ActivityItem[],
  { projects, more = false, now = new Date() }: { projects: boolean; more?: boolean; now?: Date },
): TimelineLayout {
  const line = columns();
  const time = longest([
    ...activities.map(({ at }) => formatTime(Date.parse(at) / 1000, now)),
    ...(more ? ["26 Nov 14:02"] : []),
  ]);
  const name = longest([...activities.map(({ project }) => project.name), ...(more ? ["todo-api-two"] : [])]);
  const type = longest([...activities.map((activity) => activity.type), ...(more ? ["queries_executed"] : [])]);
  return arrange({ time, project: projects ? Math.min(LONGEST_PROJECT, name) : 0, type, line });
}

function longest(texts: string[]): number {
  return Math.max(0, ...texts.map((text) => cellWidth(oneLine(text))));
}

function arrange(given: { time: number; project: number; type: number; line: number }): TimelineLayout {
  const { time, project, type, line } = given;
  const left = line - 2 - time - 2 - (project > 0 ? project + 2 : 0) - type - 2;
  if (left < FEWEST) return { ...given, details: 0, run: 0 };
  const run = left - RUN - 2 >= ENOUGH ? RUN : 0;
  return { ...given, details: run > 0 ? left - run - 2 : left, run };
}

/** With `projects` each line names its project. */
export function formatTimeline(activities: readonly ActivityItem[], projects: boolean): string {
  const now = new Date();
  const layout = timelineLayout(activities, { projects, now });
  return activities.map((activity) => formatActivity(activity, layout, now)).join("\n");
}

/** What failed is marked in front. */
export function formatActivity(activity: ActivityItem, layout: TimelineLayout, now = new Date()): string {
  const mark = activity.status === "failed" ? paint("red", "✖", process.stdout) : " ";
  const details = oneLine(activity.details);
  const head = [
    fit(formatTime(Date.parse(activity.at) / 1000, now), layout.time),
    ...(layout.project > 0 ? [fit(oneLine(activity.project.name), layout.project)] : []),
  ];
  if (layout.details === 0) {
    const first = cut([...head, oneLine(activity.type)].join("  "), layout.line - 2);
    return `${mark} ${first}\n    ${cut(details, layout.line - 4)}`;
  }
  // A type that is longer than its column takes its room from the details.
  const type = oneLine(activity.type);
  const extra = Math.max(0, cellWidth(type) - layout.type);
  const cells = [...head, fit(type, layout.type + extra), fit(details, layout.details - extra)];
  if (layout.run > 0) cells.push((activity.run_id ?? "").slice(0, layout.run));
  return `${mark} ${cells.join("  ")}`.trimEnd();
}

/** The groups of --group-by, as a table. */
export function formatGroups(groups: readonly ActivityGroup[], by: Grouping): string {
  const label = by === "day" ? dayLabel : (key: string) => key;
  const [first, second] = [
    Math.max(...groups.map(({ key }) => label(key).length)),
    Math.max(...groups.map(({ activities }) => count(activities).length)),
  ];
  return groups
    .map(({ key, activities, failed }) => {
      const line = `  ${label(key).padEnd(first)}  ${count(activities).padStart(second)}`;
      return failed > 0 ? `${line}  ${paint("red", `${count(failed)} failed`, process.stdout)}` : line;
    })
    .join("\n");
}

function count(n: number): string {
  return n.toLocaleString("en");
}

/** "26 Nov", with the year when it is not this one. */
function dayLabel(day: string): string {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  const noon = formatTime(new Date(year, month - 1, date, 12).getTime() / 1000);
  return noon.replace(/ \d\d:\d\d$/, "");
}
