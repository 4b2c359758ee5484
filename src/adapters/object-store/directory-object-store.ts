// Object store on this machine: files under their own hash, one manifest per snapshot.
//   <home>/snapshots/blobs/ab/<sha256>
//   <home>/snapshots/projects/<project id>/<sha256 of the manifest>.json
//   <home>/snapshots/archive/<project id>/<sha256 of the manifest>.json    its blobs are compressed
import { constants } from "node:fs";
import { lstat, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as z from "zod";
import { allDone } from "../../all-done.ts";
import type { Config } from "../../config.ts";
import { TbError } from "../../errors.ts";
import { errorCode } from "../../processes/error-code.ts";
import { createBlobs, namesIn, orNull, sha256Of, writeAtomically, TEMPORARY } from "./blobs.ts";
import { leftoversIn } from "../leftover.ts";
import type { ObjectStore, SnapshotManifest, StoredSnapshot } from "./object-store.ts";

const Manifest = z.strictObject({
  project_id: z.string(),
  commit: z.string(),
  files: z.array(
    z.strictObject({
      path: z.string(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      bytes: z.number().int().min(0),
      executable: z.boolean(),
    }),
  ),
});

/** Needs no lock: everything is renamed into place, and deleting and storing at once is safe (see blobs.ts). */
export function createDirectoryObjectStore(config: Config): ObjectStore {
  const root = join(config.home, "snapshots");
  const projects = join(root, "projects");
  const archive = join(root, "archive");
  const blobs = createBlobs(join(root, "blobs"));

  /** Every address in every manifest. Whatever looks like one counts, so that a damaged manifest loses nothing. The archive
   * comes last: a manifest on its way there is seen in one place or the other. */
  async function used(folders = [projects, archive]): Promise<Set<string>> {
    const found = new Set<string>();
    for (const folder of folders) {
      for (const project of await namesIn(folder)) {
        for (const name of await namesIn(join(folder, project))) {
          const text = (await orNull(readFile(join(folder, project, name), "utf8"))) ?? "";
          for (const [sha256] of text.matchAll(/[0-9a-f]{64}/g)) found.add(sha256);
        }
      }
    }
    return found;
  }

  /** The manifest's own path and its text, wherever it is by now. Throws TbError "not_found". */
  async function find(url: string): Promise<{ path: string; text: string }> {
    const { project, file } = manifestOf(url, root);
    for (const path of [join(projects, project, file), join(archive, project, file)]) {
      const text = await orNull(readFile(path, "utf8"));
      if (text !== null) return { path, text };
    }
    throw new TbError("not_found", `There is no snapshot ${join(projects, project, file)}.`);
  }

  return {
    name: "directory",

    async putSnapshot({ projectId, commit, folder, files, extra = {} }) {
      const clash = files.find((path) => path in extra);
      if (clash) throw new TbError("usage", `${clash} is both a file of the project and an addition to its snapshot.`);
      async function read(path: string): Promise<PlainFile> {
        relativePath(path);
        const added = extra[path];
        return added === undefined ? readPlain(folder, path) : { content: Buffer.from(added), executable: false };
      }
      const paths = [...new Set([...files, ...Object.keys(extra)])].toSorted();
      const entries = await inParallel(paths, async (path) => {
        const { content, executable } = await read(path);
        return { path, sha256: await blobs.put(content), bytes: content.length, executable };
      });
      const manifest: SnapshotManifest = { project_id: projectId, commit, files: entries };
      const text = `${JSON.stringify(manifest, null, 2)}\n`;
      const id = sha256Of(text);
      const path = join(projects, segment(projectId), `${id}.json`);
      if ((await orNull(stat(path))) === null) await writeAtomically(path, text);
      await inParallel(entries, async ({ path: name, sha256 }) => {
        if (await blobs.has(sha256)) return; // else removed before the manifest named it
        if ((await blobs.put((await read(name)).content)) !== sha256) throw changed(name);
      });
      const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
      return { id, url: pathToFileURL(path).href, files: entries.length, bytes };
    },

    async readSnapshot(url) {
      const { path, text } = await find(url);
      if (sha256Of(text) !== basename(path, ".json")) throw damaged(`Manifest ${path} was changed.`);
      const manifest = parse(text, path);
      for (const file of manifest.files) {
        const content = await blobs.get(file.sha256);
        if (!content) throw damaged(`${file.path} is missing from the store.`);
        if (sha256Of(content) !== file.sha256) throw damaged(`${file.path} was changed in the store.`);
      }
      return manifest;
    },

    async deleteSnapshots(projectId) {
      for (const folder of [projects, archive])
        await rm(join(folder, segment(projectId)), { recursive: true, force: true });
      await blobs.collect(used);
    },

    async listSnapshots() {
      const found = new Map<string, StoredSnapshot>();
      for (const folder of [archive, projects]) {
        for (const projectId of await namesIn(folder)) {
          for (const name of (await namesIn(join(folder, projectId))).filter((file) => file.endsWith(".json"))) {
            const url = pathToFileURL(join(folder, projectId, name)).href;
            // Taken again after it was archived, it is in both places, and counts as the newer one.
            found.set(`${projectId}/${name}`, {
              projectId,
              id: basename(name, ".json"),
              url,
              archived: folder === archive,
            });
          }
        }
      }
      return [...found.values()];
    },

    async archiveSnapshot(url) {
      const { path, text } = await find(url);
      const manifest = parse(text, path);
      const target = join(archive, segment(manifest.project_id), basename(path));
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await orNull(rename(path, target));
      const inUse = await used([projects]);
      let freedBytes = 0;
      for (const sha256 of new Set(manifest.files.map((file) => file.sha256))) {
        if (!inUse.has(sha256)) freedBytes += await blobs.archive(sha256);
      }
      return { url: pathToFileURL(target).href, freedBytes };
    },

    async leftovers() {
      const found = await blobs.leftovers();
      for (const folder of [projects, archive]) {
        for (const project of await namesIn(folder))
          found.push(...(await leftoversIn(join(folder, project), TEMPORARY)));
      }
      return found;
    },
  };
}

/** Files that are open at once. */
const AT_ONCE = 16;

async function inParallel<Item, Result>(items: Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let done = 0; done < items.length; done += AT_ONCE) {
    const some = items.slice(done, done + AT_ONCE).map(work);
    await allDone(some);
    results.push(...(await Promise.all(some)));
  }
  return results;
}

interface PlainFile {
  content: Buffer;
  executable: boolean;
}

/** Content of a regular file whose path has no symbolic link below `folder`. Throws TbError "failure". */
async function readPlain(folder: string, path: string): Promise<PlainFile> {
  const segments = path.split("/");
  for (let depth = 1; depth < segments.length; depth++) {
    const part = segments.slice(0, depth).join("/");
    if (!(await lstat(join(folder, part))).isDirectory()) throw refused(part);
  }
  const handle = await openPlain(join(folder, path), path);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw refused(path);
    return { content: await handle.readFile(), executable: (found.mode & 0o100) !== 0 };
  } finally {
    await handle.close();
  }
}

async function openPlain(file: string, path: string) {
  try {
    // Without O_NONBLOCK opening a named pipe waits for ever.
    return await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === "ELOOP") throw refused(path);
    throw error;
  }
}

function refused(path: string): TbError {
  return new TbError("failure", `${path} is not a plain file, so it cannot be kept in a snapshot.`, {
    suggestion: "Replace links and special files by plain files.",
  });
}

function relativePath(path: string): void {
  const segments = path.split("/");
  const bad =
    path.includes("\0") || path.includes("\\") || segments.some((part) => part === "" || part === "." || part === "..");
  if (bad) throw new TbError("usage", `${JSON.stringify(path)} is not a path inside the project.`);
}

function segment(projectId: string): string {
  if (/^[A-Za-z0-9_-]{1,100}$/.test(projectId)) return projectId;
  throw new TbError("usage", `${JSON.stringify(projectId)} is not a project id.`);
}

function manifestOf(url: string, root: string): { project: string; file: string } {
  const path = url.startsWith("file:") ? fileURLToPath(url) : "";
  const place = /^\/(?:projects|archive)\/([\w-]+)\/([0-9a-f]{64}\.json)$/.exec(path.slice(root.length));
  if (path.startsWith(root) && place) return { project: place[1]!, file: place[2]! };
  throw new TbError("usage", `${url} is not a snapshot of this installation.`);
}

function parse(text: string, path: string): SnapshotManifest {
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (error) {
    throw damaged(`Manifest ${path} is not valid.`, error);
  }
}

function changed(path: string): TbError {
  return new TbError("transient", `${path} was changed while its snapshot was taken.`);
}

function damaged(message: string, cause?: unknown): TbError {
  return new TbError("failure", `The snapshot is damaged: ${message}`, {
    suggestion: "Take a new snapshot: run the command that made it again.",
    ...(cause !== undefined && { cause }),
  });
}
