// `tb create --from FILE`: the plan of a schema or an API description that somebody has already. No model is asked.
import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { Specification } from "../adapters/model/offline/specification/specification.ts";
import { TbError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";

const LARGEST = 1_000_000;

type Reader = (text: string) => Promise<Specification>;

async function openapi(): Promise<Reader> {
  return (await import("../adapters/model/offline/specification/read-openapi.ts")).readOpenapiSpecification;
}

const READERS: Readonly<Record<string, () => Promise<Reader>>> = {
  ".sql": async () => (await import("../adapters/model/offline/specification/read-sql.ts")).readSqlSpecification,
  ".dbml": async () => (await import("../adapters/model/offline/specification/read-dbml.ts")).readDbmlSpecification,
  ".yaml": openapi,
  ".yml": openapi,
  ".json": openapi,
};

/** Throws TbError "usage" for a file that cannot be read, and "not_understood" (exit 11) when it says more than a plan can, unless
 * that may be left out. */
export async function planFromSpecification(file: string, partial: boolean): Promise<Plan> {
  const reader = READERS[extname(file).toLowerCase()];
  if (!reader) {
    throw new TbError("usage", `tb reads no specification of the kind "${extname(file) || basename(file)}".`, {
      suggestion: `Kinds: ${Object.keys(READERS).join(", ")}`,
    });
  }
  const text = await readWhole(file);
  const { planOf } = await import("../adapters/model/offline/specification/specification.ts");
  const { plan, leftOut } = planOf(`From ${basename(file)}`, await readSpecification(await reader(), file, text));
  if (plan && (partial || leftOut.length === 0)) return plan;
  throw new TbError("not_understood", `${basename(file)} says what a plan cannot; nothing was created.`, {
    details: leftOut.length > 0 ? leftOut : ["It has no table."],
    suggestion: plan
      ? "Take it out of a copy of the file, or build the rest and list this as left out: --partial"
      : 'Describe it in words: tb create "users(name:string, email:email:unique)"',
  });
}

async function readSpecification(read: Reader, file: string, text: string): Promise<Specification> {
  try {
    return await read(text);
  } catch (error) {
    throw new TbError("usage", `${basename(file)} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function readWhole(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST) throw new Error(`it has ${size.toLocaleString("en")} bytes; a million are read`);
    return await readFile(file, "utf8");
  } catch (error) {
    throw new TbError("usage", `The specification could not be read: ${(error as Error).message}`, {
      suggestion: "tb create --from schema.sql",
      cause: error,
    });
  }
}
