// Rows of one table in and out, in Postgres' own text form, with a checksum on the way.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { type Client, escapeIdentifier } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { qualified, type TableColumns } from "./catalog.ts";

/** Fast, and still a fifth of the size of most rows. */
const GZIP_LEVEL = 3;

export interface CopiedRows {
  rows: number;
  bytes: number;
  checksum: string;
}

export interface CopiedFile extends CopiedRows {
  file_bytes: number;
  file_checksum: string;
}

/** All rows into a new file, compressed and written through to the disk. */
export async function rowsToFile(
  client: Client,
  schema: string,
  table: TableColumns,
  file: string,
  signal: AbortSignal,
): Promise<CopiedFile> {
  const rows = client.query(copyTo(`copy ${target(schema, table)} to stdout`));
  const [plain, packed] = [meter(), meter()];
  const sink = createWriteStream(file, { flags: "wx", mode: 0o600, flush: true });
  await pipeline(rows, plain.stream, createGzip({ level: GZIP_LEVEL }), packed.stream, sink, { signal });
  const compressed = packed.read();
  return { ...plain.read(), file_bytes: compressed.bytes, file_checksum: compressed.checksum };
}

/** The rows of a file into the table; what was in the file. */
export async function rowsFromFile(
  client: Client,
  schema: string,
  table: TableColumns,
  file: string,
  signal: AbortSignal,
): Promise<CopiedRows> {
  const rows = client.query(copyFrom(`copy ${target(schema, table)} from stdin`));
  const plain = meter();
  await pipeline(createReadStream(file), createGunzip(), plain.stream, rows, { signal });
  return plain.read();
}

/** What the table holds now, without keeping it. */
export async function measureRows(
  client: Client,
  schema: string,
  table: TableColumns,
  signal: AbortSignal,
): Promise<CopiedRows> {
  const rows = client.query(copyTo(`copy ${target(schema, table)} to stdout`));
  const plain = meter();
  await pipeline(rows, plain.stream, nowhere(), { signal });
  return plain.read();
}

/** Size and checksum of a file as it lies on the disk. */
export async function measureFile(file: string): Promise<{ bytes: number; checksum: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, checksum: hash.digest("hex") };
}

/** A table without any column has rows all the same, but no list of columns. */
function target(schema: string, { name, columns }: TableColumns): string {
  const list = columns.length > 0 ? ` (${columns.map((column) => escapeIdentifier(column)).join(", ")})` : "";
  return `${qualified(schema, name)}${list}`;
}

interface Meter {
  stream: Transform;
  read(): CopiedRows;
}

const LINE_END = 10;

/** Passes everything on and counts it. A row is a line: line ends within a value are written as \n. */
function meter(): Meter {
  const hash = createHash("sha256");
  let [rows, bytes] = [0, 0];
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      for (let at = chunk.indexOf(LINE_END); at !== -1; at = chunk.indexOf(LINE_END, at + 1)) rows += 1;
      done(null, chunk);
    },
  });
  return { stream, read: () => ({ rows, bytes, checksum: hash.digest("hex") }) };
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
