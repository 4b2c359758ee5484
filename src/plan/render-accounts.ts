// The files that only a project with accounts has: how passwords and tokens are kept is written here, by no model.
import { accountTable, LOGIN_COLUMN, PASSWORD_LENGTH, PASSWORDS, SESSIONS } from "./accounts.ts";
import { exampleValue } from "./example-value.ts";
import { kebabCase } from "./names.ts";
import type { Column, Plan, Table } from "./plan.ts";
import { identifier } from "./sql-identifiers.ts";

interface RenderedFile {
  path: string;
  content: string;
}

const BUILT_IN = new Set(["id", "created_at", "updated_at"]);

/** None without accounts in the plan. */
export function renderAccounts({ tables }: Plan): RenderedFile[] {
  const accounts = accountTable(tables);
  if (!accounts) return [];
  return [
    { path: "server/utils/accounts.ts", content: utility(accounts) },
    { path: "server/api/login.post.ts", content: LOG_IN },
    { path: "server/api/logout.post.ts", content: LOG_OUT },
    { path: "tests/sign-up.ts", content: signUp(accounts) },
    { path: "tests/sign-up.test.ts", content: tests() },
  ];
}

function utility(accounts: Table): string {
  return `// Who asks: passwords, tokens, and the account that a token stands for.
import { createHash, randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { H3Event } from "nitro/h3";
import * as z from "zod";
import { many, maybeOne, one } from "./db.ts";
import { problem } from "./problem.ts";
import { sql } from "./sql.ts";

/** Seconds for which a token is good. */
const LIFETIME = 30 * 24 * 60 * 60;
/** One of the strengths that OWASP's password storage cheat sheet names for scrypt: 16 MB for each password. */
const COST = { N: 2 ** 14, r: 8, p: 5 };
/** Of nobody: what an unknown address costs the same time as a wrong password with. */
const NOBODY = \`scrypt$\${COST.N}$\${COST.r}$\${COST.p}$\${"A".repeat(22)}$\${"A".repeat(43)}\`;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Of a new account. */
export const Password = z.string().min(${PASSWORD_LENGTH.minimum}).max(${PASSWORD_LENGTH.maximum});

/** What is sent to log in. */
export const LogIn = z.strictObject({
  ${LOGIN_COLUMN}: z.string().max(${maxLength(accounts)}),
  password: z.string().max(${PASSWORD_LENGTH.maximum}),
});

/** Sent as \`Authorization: Bearer <token>\`; \`expires_at\` is in unix seconds. */
export const Session = z.object({ token: z.string(), expires_at: z.int(), account_id: z.string() });

/** What is kept of a password: the parameters, the salt and the key that scrypt derives. */
export async function hashOf(password: string): Promise<string> {
  const salt = randomBytes(16);
  const { N, r, p } = COST;
  const derived = await derive(password.normalize("NFKC"), salt, 32, { N, r, p });
  return ["scrypt", N, r, p, salt.toString("base64url"), derived.toString("base64url")].join("$");
}

async function isRight(password: string, hash: string): Promise<boolean> {
  const [, N, r, p, salt = "", key = ""] = hash.split("$");
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password.normalize("NFKC"), Buffer.from(salt, "base64url"), 32, options);
  return timingSafeEqual(derived, Buffer.from(key, "base64url"));
}

/** A new token; 401, in the same words and after the same time, for an unknown address and a wrong password. */
export async function logIn({ ${LOGIN_COLUMN}, password }: z.output<typeof LogIn>): Promise<z.output<typeof Session>> {
  const known = await maybeOne<{ id: string; hash: string }>(sql\`
    select account.id, kept.hash from ${identifier(accounts.name)} account
    join ${PASSWORDS} kept on kept.account_id = account.id
    where lower(account.${LOGIN_COLUMN}) = lower(\${${LOGIN_COLUMN}})\`);
  const right = await isRight(password, known?.hash ?? NOBODY);
  if (!known || !right) throw problem(401, "The e-mail address or the password is wrong.");
  await many(sql\`
    delete from ${SESSIONS} where account_id = \${known.id} and expires_at <= extract(epoch from now())\`);
  const token = randomBytes(32).toString("base64url");
  const { expires_at } = await one<{ expires_at: number }>(sql\`
    insert into ${SESSIONS} (token_hash, account_id, expires_at)
    values (\${digest(token)}, \${known.id}, extract(epoch from now())::bigint + \${LIFETIME}::bigint)
    returning expires_at\`);
  return { token, expires_at, account_id: known.id };
}

/** Ends the token of the request. */
export async function logOut(event: H3Event): Promise<void> {
  await many(sql\`delete from ${SESSIONS} where token_hash = \${digest(tokenOf(event))}\`);
}

/** The account whose token the request has; 401 when it has none that is good. */
export async function signedIn(event: H3Event): Promise<string> {
  const session = await maybeOne<{ account_id: string }>(sql\`
    select account_id from ${SESSIONS}
    where token_hash = \${digest(tokenOf(event))} and expires_at > extract(epoch from now())\`);
  if (session) return session.account_id;
  event.res.errHeaders.set("www-authenticate", "Bearer");
  throw problem(401, "Log in, and send the token as Authorization: Bearer.");
}

function tokenOf(event: H3Event): string {
  return /^Bearer (\\S+)$/i.exec(event.req.headers.get("authorization") ?? "")?.[1] ?? "";
}

/** A token has 256 random bits, so that a plain hash keeps it. */
function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
`;
}

function maxLength({ columns }: Table): number {
  return columns.find(({ name }) => name === LOGIN_COLUMN)?.maxLength ?? 320;
}

const LOG_IN = `import { LogIn, logIn, Session } from "../utils/accounts.ts";
import { route } from "../utils/route.ts";

export default route({
  summary: "Log in, for a token",
  public: true,
  body: LogIn,
  returns: Session,
  errors: [401],
  handler: async ({ body }) => logIn(body),
});
`;

const LOG_OUT = `import { logOut } from "../utils/accounts.ts";
import { route } from "../utils/route.ts";

export default route({
  summary: "Log out, which ends the token",
  handler: async ({ event }) => logOut(event),
});
`;

function signUp(accounts: Table): string {
  const columns = accounts.columns.filter(
    ({ name, nullable, default: standard }) => !BUILT_IN.has(name) && !nullable && standard === null,
  );
  const lines = columns.map(sampleLine).join("");
  return `import { nanoid } from "nanoid";

/** Where accounts are made. */
export const SIGN_UP = "/api/${kebabCase(accounts.name)}";

/** What somebody signs up with who has not been there yet. */
export function newAccount() {
  return {
${lines}    password: nanoid(),
  };
}
`;
}

/** Of a line, for the base project's formatter. */
const WIDTH = 120;

function sampleLine(column: Column): string {
  const line = `    ${column.name}: ${sample(column)},`;
  return line.length <= WIDTH ? `${line}\n` : `    ${column.name}:\n      ${sample(column)},\n`;
}

function sample(column: Column): string {
  if (column.type === "json") return "{}";
  if (column.type === "string[]") return "[]";
  if (column.type === "email" && column.unique) return "`${nanoid()}@example.com`";
  return column.unique ? "nanoid()" : JSON.stringify(exampleValue(column));
}

function tests(): string {
  return `import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { many } from "../server/utils/db.ts";
import { sql } from "../server/utils/sql.ts";
import { call, signUp, UNKNOWN_ID } from "./app.ts";
import { newAccount, SIGN_UP } from "./sign-up.ts";

type Account = { id: string; ${LOGIN_COLUMN}: string };
type Session = { token: string; expires_at: number; account_id: string };

/** Somebody who has signed up and logged in, and where their account is. */
async function somebody() {
  const sent = newAccount();
  const token = await signUp(sent);
  const session = await call<Session>("POST", "/api/login", { email: sent.email, password: sent.password }, null);
  return { sent, token, path: \`\${SIGN_UP}/\${session.body.account_id}\` };
}

describe("accounts", () => {
  it("sign up and log in, and are shown without the password", async () => {
    const { password, ...shown } = newAccount();
    const made = await call<Account>("POST", SIGN_UP, { ...shown, password }, null);
    assert.equal(made.status, 201);
    assert.equal(made.headers.get("location"), \`\${SIGN_UP}/\${made.body.id}\`);
    assert.deepEqual({ ...made.body, ...shown }, made.body);
    assert.ok(!JSON.stringify(made.body).includes(password));
    const session = await call<Session>("POST", "/api/login", { email: shown.email.toUpperCase(), password }, null);
    assert.equal(session.status, 200);
    assert.ok(session.body.expires_at > Date.now() / 1000);
    const read = await call<Account>("GET", \`\${SIGN_UP}/\${made.body.id}\`, undefined, session.body.token);
    assert.deepEqual(read.body, made.body);
  });

  it("cannot log in with another password or an unknown address, which is not told apart", async () => {
    const { sent } = await somebody();
    const wrong = [
      { email: sent.email, password: newAccount().password },
      { email: newAccount().email, password: sent.password },
    ];
    const answers = await Promise.all(wrong.map((body) => call("POST", "/api/login", body, null)));
    for (const { status } of answers) assert.equal(status, 401);
    assert.deepEqual(answers[0]?.body, answers[1]?.body);
  });

  it("are refused without a password, or with one that is too short or too long", async () => {
    for (const password of [undefined, "", "x".repeat(${PASSWORD_LENGTH.minimum - 1}), "x".repeat(${PASSWORD_LENGTH.maximum + 1}), 12345678]) {
      assert.equal((await call("POST", SIGN_UP, { ...newAccount(), password }, null)).status, 422);
    }
  });

  it("are refused when the address is taken", async () => {
    const { sent } = await somebody();
    const again = { ...newAccount(), email: sent.email.toUpperCase() };
    assert.equal((await call("POST", SIGN_UP, again, null)).status, 409);
  });

  it("need a token that is good", async () => {
    const { path } = await somebody();
    for (const token of [null, "", "no-token", \`\${await signUp()}x\`]) {
      const { status, headers } = await call("GET", path, undefined, token);
      assert.equal(status, 401);
      assert.equal(headers.get("www-authenticate"), "Bearer");
    }
  });

  it("see and change themselves and nobody else", async () => {
    const [me, other] = [await somebody(), await somebody()];
    const email = newAccount().email;
    for (const path of [other.path, \`\${SIGN_UP}/\${UNKNOWN_ID}\`]) {
      assert.equal((await call("GET", path, undefined, me.token)).status, 404);
      assert.equal((await call("PATCH", path, { email }, me.token)).status, 404);
      assert.equal((await call("DELETE", path, undefined, me.token)).status, 404);
    }
    const changed = await call<Account>("PATCH", me.path, { email }, me.token);
    assert.equal(changed.status, 200);
    assert.equal(changed.body.email, email);
    assert.equal((await call("PATCH", me.path, { email: other.sent.email }, me.token)).status, 409);
  });

  it("lose the token when they log out, or when its time is over", async () => {
    const { sent, token, path } = await somebody();
    const { status } = await call("POST", "/api/logout", undefined, token);
    assert.equal(status, 204);
    assert.equal((await call("GET", path, undefined, token)).status, 401);
    const { body } = await call<Session>("POST", "/api/login", { email: sent.email, password: sent.password }, null);
    assert.equal((await call("GET", path, undefined, body.token)).status, 200);
    await many(sql\`update ${SESSIONS} set expires_at = 0 where account_id = \${body.account_id}\`);
    assert.equal((await call("GET", path, undefined, body.token)).status, 401);
  });

  it("are gone once they delete themselves", async () => {
    const { sent, token, path } = await somebody();
    assert.equal((await call("DELETE", path, undefined, token)).status, 204);
    assert.equal((await call("GET", path, undefined, token)).status, 401);
    const again = await call("POST", "/api/login", { email: sent.email, password: sent.password }, null);
    assert.equal(again.status, 401);
  });

  it("leave only hashes of their passwords and tokens", async () => {
    const { sent, token } = await somebody();
    const kept = JSON.stringify([
      await many(sql\`select * from ${PASSWORDS}\`),
      await many(sql\`select * from ${SESSIONS}\`),
    ]);
    assert.ok(!kept.includes(sent.password));
    assert.ok(!kept.includes(token));
  });
});
`;
}
