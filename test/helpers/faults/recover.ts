// What a person does after a fault: the one command that tb names.
import { type Ran, tb } from "../tb.ts";
import type { Disturbed } from "./disturb.ts";
import type { Trial } from "./trial.ts";
import { REQUEST, type World } from "./world.ts";

export interface KnownRun {
  run_id: string;
  state: string;
  error: { message: string } | null;
}

/** The run that was begun for the project of that name; undefined before it was written down. Starts the server first where
 * a fault has ended it, as any command would. */
export async function runOf({ control, wake }: World, name: string): Promise<KnownRun | undefined> {
  await wake();
  const [row] = await control.query<KnownRun>(
    `select run_id, state, error from runs
     where pipeline = 'create' and input ->> 'name' = $1 and state not in ('failed', 'cancelled')
     order by created_at desc limit 1`,
    [name],
  );
  return row;
}

/** Runs a command that has to succeed at its first attempt, and measures it. */
export async function must(world: World, trial: Trial, args: string[]): Promise<Ran> {
  const since = performance.now();
  const ran = await tb(world.home, [...args, "--json"], world.env);
  trial.recoveries.push(performance.now() - since);
  if (ran.code !== 0) trial.unfinished.push(`tb ${args.join(" ")} exited ${ran.code}: ${ran.stdout}${ran.stderr}`);
  return ran;
}

/** Brings a create that was disturbed to its end: by resuming its run, or anew when none was written down. */
export async function recover(world: World, trial: Trial, name: string, create: Disturbed): Promise<void> {
  if (create.code === 0) return;
  const runId = create.runId ?? (await runOf(world, name))?.run_id;
  const ran = await must(world, trial, runId ? ["resume", runId] : ["create", REQUEST, "--name", name]);
  if (ran.code !== 0)
    trial.unfinished.push(`the disturbed create exited ${create.code}: ${create.stdout.slice(-2000)}${create.stderr}`);
}

/** Removes the project and looks for what is left. What an unfinished run still holds is no orphan. */
export async function removeAndLook(world: World, trial: Trial, name: string): Promise<void> {
  if (trial.unfinished.length > 0) return;
  const ran = await tb(world.home, ["destroy", name, "--confirm", name, "--json"], world.env);
  if (ran.code !== 0) trial.unfinished.push(`tb destroy exited ${ran.code}: ${ran.stdout}${ran.stderr}`);
  await world.noteOrphans(trial);
}
