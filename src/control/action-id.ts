import { createHash } from "node:crypto";

/** An activity's id: sortable by time (milliseconds in base 36; nine digits last until the year 5188), unique by its key. */
export function actionId(key: string): string {
  return `act_${Date.now().toString(36).padStart(9, "0")}${createHash("sha256").update(key).digest("hex").slice(0, 10)}`;
}
