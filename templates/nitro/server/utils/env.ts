type Settings = {
  DB_HOST: string;
  DB_PORT: number;
  DB_NAME: string;
  DB_USER: string;
  DB_PASSWORD: string;
  DB_SSL: boolean;
  DB_POOL: number;
};

/**
 * The database settings; throws an error that lists every variable that is missing or wrong. Without zod, because the
 * migrations, which run before every start, would load it for nothing else.
 */
export function readEnv(): Settings {
  const { DB_HOST = "127.0.0.1", DB_NAME = "", DB_USER = "", DB_PASSWORD = "", DB_SSL = "disable" } = process.env;
  const [DB_PORT, DB_POOL] = [Number(process.env.DB_PORT ?? 5432), Number(process.env.DB_POOL ?? 10)];
  const problems = [
    ...(DB_NAME ? [] : ["DB_NAME is missing"]),
    ...(DB_USER ? [] : ["DB_USER is missing"]),
    ...(isWithin(DB_PORT, 65_535) ? [] : ["DB_PORT must be a number from 1 to 65535"]),
    ...(isWithin(DB_POOL, Number.MAX_SAFE_INTEGER) ? [] : ["DB_POOL must be a number from 1 up"]),
    ...(DB_SSL === "disable" || DB_SSL === "require" ? [] : ['DB_SSL must be "disable" or "require"']),
  ];
  if (problems.length > 0) throw new Error(`The environment is incomplete:\n${problems.join("\n")}`);
  return { DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD, DB_SSL: DB_SSL === "require", DB_POOL };
}

function isWithin(value: number, highest: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= highest;
}
