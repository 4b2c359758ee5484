// A log file with a bounded size: a line per event with its time, and one older file beside it.
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";

const LIMIT = 10 * 1024 * 1024;
const LONGEST_LINE = 16 * 1024;

export interface RotatingLog {
  readonly path: string;
  /** Who says it: the application or its supervisor. A full disk never throws: the loss is noted once there is room. */
  write(source: "app" | "supervisor", line: string): void;
  /** Writes every line of a stream, and its last piece at the end. */
  follow(source: "app", stream: Readable): void;
  close(): void;
}

/** Opens the log, mode 0600. `secrets` are replaced wherever they appear in a line. */
export function openRotatingLog(path: string, secrets: readonly string[] = [], limit = LIMIT): RotatingLog {
  let file = openSync(path, "a", 0o600);
  let size = fstatSync(file).size;
  let lost = 0;

  function put(text: string): void {
    if (size > 0 && size + Buffer.byteLength(text) > limit) {
      closeSync(file);
      renameSync(path, `${path}.1`);
      file = openSync(path, "a", 0o600);
      size = 0;
    }
    size += writeSync(file, text);
  }

  function write(source: string, line: string): void {
    const safe = secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), line);
    try {
      if (lost > 0) put(`${new Date().toISOString()} supervisor ${lost} lines could not be written\n`);
      lost = 0;
      put(`${new Date().toISOString()} ${source} ${safe}\n`);
    } catch {
      lost += 1; // said above, at the next line that fits
    }
  }

  return {
    path,
    write,
    follow(source, stream) {
      const decoder = new StringDecoder("utf8");
      let rest = "";
      stream.on("data", (chunk: Buffer) => {
        const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
        rest = lines.pop()!;
        for (const line of lines) write(source, line.slice(0, LONGEST_LINE));
        if (rest.length > LONGEST_LINE) {
          write(source, rest);
          rest = "";
        }
      });
      stream.on("close", () => {
        if (rest !== "") write(source, rest);
        rest = "";
      });
    },
    close: () => closeSync(file),
  };
}
