import type { AgentLimits } from "./agent-loop.ts";

/** What one attempt of a run may use; a resumed run gets it anew. */
export const DEFAULT_LIMITS: AgentLimits = { turns: 60, minutes: 30, usd: 5 };
