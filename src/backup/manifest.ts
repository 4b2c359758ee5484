// The manifest of a backup: what is in the folder, and how to tell that all of it is there and unchanged.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { TbError } from "../errors.ts";
import { errorCode } from "../processes/error-code.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Below the backup's own folder. */
const path = z.string().regex(/^(data|migrations)\/[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/);

const Table = z.object({
  name: z.string().min(1),
  columns: z.array(z.string()),
  rows: z.number().int().min(0),
  /** Of the rows as Postgres writes them (COPY, text form). */
  bytes: z.number().int().min(0),
  checksum: sha256,
  file: path,
  file_bytes: z.number().int().min(0),
  file_checksum: sha256,
});

const Migration = z.object({ name: z.string().min(1), checksum: sha256, file: path });

const Manifest = z.object({
  format: z.literal("turbobackend-backup"),
  version: z.literal(1),
  id: z.string(),
  /** `control` is tb's own state. */
  kind: z.enum(["project", "control"]),
  project: z.object({ id: z.string(), name: z.string() }).nullable(),
  database: z.string(),
  schema: z.string(),
  created_at: z.iso.datetime(),
  tb_version: z.string(),
  postgres_version: z.string(),
  /** Applied when the backup was made, in order, with their texts. */
  migrations: z.array(Migration),
  tables: z.array(Table),
  sequences: z.array(z.object({ name: z.string(), last_value: z.string().regex(/^-?\d+$/), is_called: z.boolean() })),
});

export type BackupManifest = z.infer<typeof Manifest>;
export type BackupTable = z.infer<typeof Table>;
export type BackupMigration = z.infer<typeof Migration>;

const FILE = "manifest.json";

/** Written last into a folder that is still unfinished. */
export async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  const text = JSON.stringify({ ...manifest, checksum: checksumOf(manifest) }, null, 2);
  await writeFile(join(folder, FILE), `${text}\n`, { flag: "wx", mode: 0o600, flush: true });
}

/** Throws TbError "not_found" when the folder holds no backup, "failure" when its manifest was changed. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await readFile(join(folder, FILE), "utf8");
  } catch (error) {
    if (!["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) throw error;
    throw new TbError("not_found", `There is no backup in ${folder}.`, {
      suggestion: "tb db backup --list",
      cause: error,
    });
  }
  const { manifest, checksum } = parse(text, folder);
  if (checksum !== checksumOf(manifest)) throw damaged(folder, `${FILE} was changed after it was written`);
  return manifest;
}

export function damaged(folder: string, what: string, cause?: unknown): TbError {
  return new TbError("failure", `The backup ${folder} is damaged: ${what}.`, {
    suggestion: "tb db backup --list      take another one; nothing was changed",
    ...(cause !== undefined && { cause }),
  });
}

function parse(text: string, folder: string): { manifest: BackupManifest; checksum: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(folder, `${FILE} is not JSON`, error);
  }
  if (typeof value === "object" && value !== null && "version" in value && Number(value.version) > 1) {
    throw new TbError("configuration", `The backup ${folder} was written by a newer tb.`, { suggestion: "Update tb." });
  }
  const parsed = Manifest.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw damaged(folder, `${FILE}: ${issue.path.join(".")}: ${issue.message}`);
  }
  return { manifest: parsed.data, checksum: (value as { checksum?: unknown }).checksum };
}

/** Of the content, whatever the order of its fields in the file. */
function checksumOf(manifest: BackupManifest): string {
  return createHash("sha256")
    .update(JSON.stringify(Manifest.parse(manifest)))
    .digest("hex");
}
