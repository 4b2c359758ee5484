// A git on the search path that does what it is told, and reports the first push as cut off.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface LosingGit {
  /** A search path on which it comes first. */
  path: string;
  remove: () => Promise<void>;
}

export async function losingGit(): Promise<LosingGit> {
  const folder = await mkdtemp(join(tmpdir(), "tb-losing-git-"));
  const path = process.env.PATH!;
  const script = `#!/bin/sh
PATH='${path}' git "$@" || exit
case " $* " in *" push "*) ;; *) exit 0 ;; esac
mkdir '${folder}/lost' 2>/dev/null || exit 0
echo 'fatal: the remote end hung up unexpectedly' >&2
exit 128
`;
  await writeFile(join(folder, "git"), script);
  await chmod(join(folder, "git"), 0o755);
  return { path: `${folder}:${path}`, remove: () => rm(folder, { recursive: true, force: true }) };
}
