// `--events`: every event once, as a line of JSON on stdout. What an earlier attempt has already told is not told again.
import type { RunSink } from "../pipeline/types.ts";
import { writeResult } from "./output.ts";

export function createEventSink(): RunSink {
  return (event, repeat) => {
    if (!repeat) writeResult(JSON.stringify(event));
  };
}
