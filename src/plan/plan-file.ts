// A plan kept in a file: a versioned JSON envelope, so that `tb apply FILE` builds exactly what `--plan-out` showed.
import { TbError } from "../errors.ts";
import type { Plan } from "./plan.ts";
import { validatePlan } from "./validate-plan.ts";

const FORMAT = "turbobackend-plan";
const VERSION = 1;

/** The file's text, ending in a newline. */
export function formatPlanFile(plan: Plan): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, plan }, null, 2)}\n`;
}

/** The plan in a file's text. Throws TbError "usage" when the text is no plan file or the plan in it is not valid. */
export function parsePlanFile(text: string): Plan {
  const envelope = parseEnvelope(text);
  if (envelope.format !== FORMAT) {
    throw new TbError("usage", "The file is not a plan of tb.", {
      suggestion: "Write one with: tb create --plan-out FILE",
    });
  }
  if (envelope.version !== VERSION) {
    throw new TbError(
      "usage",
      `The plan has version ${JSON.stringify(envelope.version) ?? "none"}; this tb reads version ${VERSION}.`,
      {
        suggestion: "Write the plan again with this tb, or use the tb that wrote it.",
      },
    );
  }
  return validatePlan(envelope.plan);
}

function parseEnvelope(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new TbError("usage", `The plan file is not JSON: ${detail}`, {
      cause,
      suggestion: "Write one with: tb create --plan-out FILE",
    });
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
