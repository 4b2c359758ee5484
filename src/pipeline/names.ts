// Deterministic names of everything a project owns outside the control database, made from ids (product.md, "Data").

export function databaseName(projectId: string): string {
  return `turbobackend_${projectId}`;
}

/** Databases that only exist while a run works: the agent's copy and what verification makes and drops. */
export function workDatabases(projectId: string): { work: string; probe: string; test: string; replay: string } {
  const base = databaseName(projectId);
  return { work: `${base}_work`, probe: `${base}_probe`, test: `${base}_test`, replay: `${base}_replay` };
}

/** Databases of a run that backs up or restores: `proof` is made from the migrations to compare with, `next` from a backup,
 * and `retired` is what the restored database has replaced. */
export function restoreDatabases(projectId: string, runId: string): { proof: string; next: string; retired: string } {
  const base = databaseName(projectId);
  const suffix = runId.slice("run_".length);
  return { proof: `${base}_proof_${suffix}`, next: `${base}_next_${suffix}`, retired: `${base}_was_${suffix}` };
}

/** Databases of a run that verifies: made from the migrations, and what the checks work on. */
export function verifyDatabases(projectId: string, runId: string): { work: string; probe: string; test: string } {
  const base = databaseName(projectId);
  const suffix = runId.slice("run_".length);
  return { work: `${base}_verify_${suffix}`, probe: `${base}_vprobe_${suffix}`, test: `${base}_vtest_${suffix}` };
}

/** The database that `tb dev` works on. */
export function devDatabase(projectId: string): string {
  return `${databaseName(projectId)}_dev`;
}

export function repositoryName(projectId: string): string {
  return `turbobackend-${projectId}`;
}

export function sandboxName(runId: string): string {
  return `sbx_${runId.slice("run_".length)}`;
}
