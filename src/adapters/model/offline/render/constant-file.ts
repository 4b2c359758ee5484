// The route file of an endpoint that always answers the same.
import type { Endpoint } from "../../../../plan/plan.ts";
import { jsonConstant, key, textProperty } from "./source.ts";

/** @param open where other endpoints need a token. */
export function renderConstant({ file, summary, operation }: Endpoint, open = false): string {
  if (operation.kind !== "constant") throw new Error(`${operation.kind} is not constant`);
  const up = "../".repeat(file.split("/").length - 2);
  return `import * as z from "zod";
import { route } from "${up}utils/route.ts";

${jsonConstant("", "body", operation.body)}

export default route({
${textProperty("  ", "summary", summary)}
${open ? "  public: true,\n" : ""}  returns: ${contract(operation.body, "  ")},
  handler: async () => body,
});
`;
}

/** The type of the value, so that the documentation shows what to expect. */
function contract(value: unknown, indent: string): string {
  if (Array.isArray(value)) return arrayContract(value, indent);
  if (value === null) return "z.null()";
  if (typeof value === "object") return objectContract(Object.entries(value), indent);
  if (typeof value === "string") return "z.string()";
  return typeof value === "number" ? "z.number()" : "z.boolean()";
}

function objectContract(entries: [string, unknown][], indent: string): string {
  if (entries.length === 0) return "z.object({})";
  const lines = entries.map(([name, value]) => `${indent}  ${key(name)}: ${contract(value, `${indent}  `)},\n`);
  return `z.object({\n${lines.join("")}${indent}})`;
}

function arrayContract(items: unknown[], indent: string): string {
  const [first = "z.unknown()", ...others] = new Set(items.map((item) => contract(item, `${indent}  `)));
  if (others.length > 0) return "z.array(z.unknown())";
  return first.includes("\n") ? `z.array(\n${indent}  ${first},\n${indent})` : `z.array(${first})`;
}
