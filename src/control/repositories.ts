// Repositories of projects and what was pushed to them.
import type { PushedCommit, RepositoryRef } from "../adapters/git-host/git-host.ts";
import type { Control } from "./control.ts";

export interface Push {
  projectId: string;
  runId: string;
  provider: string;
  message: string;
  pushed: PushedCommit;
}

/** The repository and the push, in one statement; the same commit again changes nothing. */
export async function recordPush(
  control: Control,
  { projectId, runId, provider, message, pushed }: Push,
): Promise<void> {
  await control.query(
    `with repository as (
       insert into project_github_repos (project_id, repo_url, provider, branch, is_active, created_at, updated_at)
       values ($1, $2, $3, $4, true, extract(epoch from now())::bigint, extract(epoch from now())::bigint)
       on conflict (project_id, repo_url) do update set is_active = true, updated_at = excluded.updated_at)
     insert into github_push_history (push_id, project_id, run_id, repo_url, branch, commit_sha, commit_message, files, status,
       environment, created_at)
     values ($5 || '/' || $4 || '/' || $6, $1, $5, $2, $4, $6, $7, $8, 'succeeded', 'development', extract(epoch from now())::bigint)
     on conflict (push_id) do nothing`,
    [projectId, pushed.url, provider, pushed.branch, runId, pushed.commit, message, JSON.stringify(pushed.files)],
  );
}

/** The project's repository. null when it was never pushed. */
export async function findRepository(
  control: Control,
  projectId: string,
): Promise<(RepositoryRef & { branch: string; commit: string | null }) | null> {
  const [row] = await control.query<{ url: string; branch: string; commit: string | null }>(
    `select repo_url as url, branch, (select commit_sha from github_push_history h
       where h.project_id = r.project_id and h.branch = r.branch order by created_at desc, push_id desc limit 1) as commit
     from project_github_repos r where project_id = $1 and is_active`,
    [projectId],
  );
  return row ? { ...row, name: nameOf(row.url) } : null;
}

/** The repositories of the owner's projects, newest project first. */
export async function repositoriesOf(control: Control, ownerId: string): Promise<{ projectId: string; url: string }[]> {
  return control.query<{ projectId: string; url: string }>(
    `select p.project_id as "projectId", r.repo_url as url
     from project_contexts p join project_github_repos r on r.project_id = p.project_id and r.is_active
     where p.owner_id = $1 and p.status <> 'destroyed' order by p.created_at desc, p.project_id desc`,
    [ownerId],
  );
}

export async function closeRepository(control: Control, projectId: string): Promise<void> {
  await control.query(
    "update project_github_repos set is_active = false, updated_at = extract(epoch from now())::bigint where project_id = $1",
    [projectId],
  );
}

/** The last part of the address, without `.git`. */
function nameOf(url: string): string {
  return url
    .replace(/\/+$/, "")
    .split("/")
    .at(-1)!
    .replace(/\.git$/, "");
}
