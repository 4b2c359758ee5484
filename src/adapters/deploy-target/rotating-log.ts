// A log file with a bounded size: a line per event with its time, and one older file beside it.
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";
import { createRedactor } from "../../secrets/redactor.ts";

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

/** Opens the log, mode 0600. `secrets` are taken out of every line, also where a line comes in pieces or is cut. */
export function openRotatingLog(path: string, secrets: readonly string[] = [], limit = LIMIT): RotatingLog {
  let file = openSync(path, "a", 0o600);
  let size = fstatSync(file).size;
  let lost = 0;
  const redactor = createRedactor(secrets);

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
    try {
      if (lost > 0) put(`${new Date().toISOString()} supervisor ${lost} lines could not be written\n`);
      lost = 0;
      put(`${new Date().toISOString()} ${source} ${line}\n`);
    } catch {
      lost += 1; // said above, at the next line that fits
    }
  }

  return {
    path,
    write: (source, line) => write(source, redactor.redact(line)),
    follow(source, stream) {
      const decoder = new StringDecoder("utf8");
      const redacted = redactor.stream();
      let rest = "";
      stream.on("data", (chunk: Buffer) => {
        const lines = (rest + redacted.push(decoder.write(chunk))).split(/\r?\n/);
        rest = lines.pop()!;
        for (const line of lines) write(source, line.slice(0, LONGEST_LINE));
        if (rest.length > LONGEST_LINE) {
          write(source, rest);
          rest = "";
        }
      });
      stream.on("close", () => {
        rest += redacted.end();
        if (rest !== "") write(source, rest);
        rest = "";
      });
    },
    close: () => closeSync(file),
  };
}
