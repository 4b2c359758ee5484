import type { Control } from "../control/control.ts";
import { beatLease, LEASE_SECONDS } from "../control/runs.ts";
import { TbError } from "../errors.ts";

/** Renews the lease of a run until the returned function is called; `onLost` when another process has taken it, or when the
 * database has not answered for as long as the lease holds, so that another process may take it. */
export function keepLease(
  control: Control,
  runId: string,
  token: number,
  onLost: (reason: TbError) => void,
  seconds = LEASE_SECONDS,
): () => void {
  let renewed = performance.now();
  let lost = false;

  function lose(reason: TbError): void {
    if (!lost) onLost(reason);
    lost = true;
  }

  async function beat(): Promise<void> {
    try {
      if (await beatLease(control, runId, token)) renewed = performance.now();
      else lose(new TbError("interrupted", "Another process has taken this run over."));
    } catch {
      // One beat that fails means nothing: the lease outlives three. All of them together are noticed below.
    }
  }

  const heart = setInterval(
    () => {
      if (performance.now() - renewed > seconds * 1000) lose(unanswered(seconds));
      else void beat();
    },
    (seconds * 1000) / 4,
  );
  return () => clearInterval(heart);
}

/** The engine waits for its database for ever; somebody has to tell the user. */
function unanswered(seconds: number): TbError {
  return new TbError("transient", `The control database has not answered for ${seconds} seconds.`, {
    suggestion: "tb db status",
  });
}
