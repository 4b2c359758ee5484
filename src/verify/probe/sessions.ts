// Whose token a request has: accounts log in when something is first asked of them, and the first one asks for all the rest.
import { accountTable, LOGIN_COLUMN } from "../../plan/accounts.ts";
import type { Plan } from "../../plan/plan.ts";
import { routeKey } from "../routes.ts";
import type { HttpAnswer } from "./http.ts";
import { isObject, type Probe } from "./prober.ts";
import { endpointFor } from "./rows.ts";

interface Credentials {
  email: string;
  password: string;
}

export interface Sessions {
  /** The account that asks for whatever is no account; null before one has signed up. */
  main(): string | null;
  /** What was sent to sign up, of an account that is still there. */
  credentials(id: string): Credentials | null;
  /** A new token of an account; null when it could not log in, which is a failure already. */
  logIn(id: string): Promise<string | null>;
  /** null for an endpoint that is public. */
  tokenFor(probe: Probe): Promise<string | null>;
  /** Hears of each request that was answered with success. */
  note(probe: Probe, answer: HttpAnswer): void;
}

type Send = (probe: Probe) => Promise<HttpAnswer | null>;

/** null for a plan without accounts. */
export function createSessions(plan: Plan, send: Send): Sessions | null {
  const table = accountTable(plan.tables);
  const [signUp, logInAt] = table
    ? [endpointFor(plan, "create", table.name), endpointFor(plan, "log-in", table.name)]
    : [null, null];
  if (!table || signUp === null || logInAt === null) return null;
  const open = publicEndpoints(plan);
  const ofAccounts = new Set(
    plan.endpoints
      .filter(({ path, operation }) => path.includes("{id}") && "table" in operation && operation.table === table.name)
      .map(routeKey),
  );
  const known = new Map<string, Credentials>();
  const tokens = new Map<string, Promise<string | null>>();
  let main: string | null = null;

  async function logIn(id: string): Promise<string | null> {
    const body = known.get(id);
    if (!body) return null;
    const what = `the address and the password of one of the ${table!.name}`;
    const answer = await send({ endpoint: logInAt!, what, body, token: null, expect: [200] });
    return isObject(answer?.json) && typeof answer.json["token"] === "string" ? answer.json["token"] : null;
  }

  return {
    main: () => main,
    credentials: (id) => known.get(id) ?? null,
    logIn,
    async tokenFor({ endpoint, id }) {
      if (open.has(endpoint)) return null;
      const account = id !== undefined && ofAccounts.has(endpoint) && known.has(id) ? id : main;
      if (account === null) return null;
      const token = tokens.get(account) ?? logIn(account);
      tokens.set(account, token);
      return token;
    },
    note({ endpoint, id, body, method }, { json }) {
      if (method !== undefined) return;
      if (endpoint === signUp && isObject(json) && typeof json["id"] === "string" && isObject(body)) {
        known.set(json["id"], { email: String(body[LOGIN_COLUMN]), password: String(body["password"]) });
        main ??= json["id"];
      }
      if (endpoint === endpointFor(plan, "delete", table.name) && id !== undefined) {
        known.delete(id);
        tokens.delete(id);
      }
    },
  };
}

/** Those that need no token, by the rules of the base project. */
export function publicEndpoints({ tables, endpoints }: Plan): ReadonlySet<string> {
  const accounts = accountTable(tables);
  return new Set(
    endpoints
      .filter(
        ({ operation }) =>
          operation.kind === "health" ||
          operation.kind === "constant" ||
          operation.kind === "log-in" ||
          (operation.kind === "create" && operation.table === accounts?.name),
      )
      .map(routeKey),
  );
}
