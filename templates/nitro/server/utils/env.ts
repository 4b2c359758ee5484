import * as z from "zod";

const Env = z.object({
  DB_HOST: z.string().default("127.0.0.1"),
  DB_PORT: z.coerce.number().int().min(1).max(65_535).default(5432),
  DB_NAME: z.string().min(1),
  DB_USER: z.string().min(1),
  DB_PASSWORD: z.string().default(""),
  DB_SSL: z.enum(["disable", "require"]).default("disable"),
  DB_POOL: z.coerce.number().int().min(1).default(10),
});

/** The database settings; throws an error that lists every variable that is missing or wrong. */
export function readEnv(): z.output<typeof Env> {
  const parsed = Env.safeParse(process.env);
  if (!parsed.success) throw new Error(`The environment is incomplete:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
