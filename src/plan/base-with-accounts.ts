// What accounts change in files of the base project: every route asks for a token, and the tests send one.

/** A file of the base project as it is with accounts. */
export function withAccounts({ path, content }: { path: string; content: string }): string {
  return (CHANGES[path] ?? []).reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(`${path} has changed: ${before}`);
    return text.replace(before, () => after);
  }, content);
}

const CHANGES: Record<string, [before: string, after: string][]> = {
  "server/utils/route.ts": [
    ["import { type FieldError", 'import { signedIn } from "./accounts.ts";\nimport { type FieldError'],
    [
      "  errors?: number[];\n};",
      "  errors?: number[];\n  /** Open to whoever asks; all other endpoints need a token. */\n  public?: true;\n};",
    ],
    [
      "      event: H3Event;\n",
      "      event: H3Event;\n      /** Whose token it is; empty where the endpoint is public. */\n      account: string;\n",
    ],
    [
      "defineHandler(async (event) => {\n",
      'defineHandler(async (event) => {\n    const account = contract.public ? "" : await signedIn(event);\n',
    ],
    [
      "    const result = await handler({ params, query, body, event } as Parameters<typeof handler>[0]).catch((error) => {\n      throw contract.body ? error : withoutBody(error);\n    });\n",
      "    const input = { params, query, body, event, account } as Parameters<typeof handler>[0];\n    const result = await handler(input).catch((error) => {\n      throw contract.body ? error : withoutBody(error);\n    });\n",
    ],
  ],
  "README.md": [
    [
      "| 400 | the path, the query or the JSON itself is malformed |\n",
      "| 400 | the path, the query or the JSON itself is malformed |\n| 401 | the request has no token, or one that is over |\n",
    ],
  ],
  "server/api/health.get.ts": [["  returns: Health,\n", "  public: true,\n  returns: Health,\n"]],
  "scripts/openapi.ts": [
    ['    servers: [{ url: "/" }],\n', '    servers: [{ url: "/" }],\n    security: [{ bearer: [] }],\n'],
    [
      "    components: { schemas: Object.fromEntries(sorted) },\n",
      '    components: {\n      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },\n      schemas: Object.fromEntries(sorted),\n    },\n',
    ],
    [
      '    tags: [path.split("/")[2]],\n',
      '    tags: [path.split("/")[2]],\n    ...(contract.public && { security: [] }),\n',
    ],
    [
      "function problemStatuses({ params, query, body, errors }: Contract): number[] {\n  const codes = [...(params || query ? [400] : []), ...(body ? [400, 413, 415, 422] : []), ...(errors ?? [])];\n",
      "function problemStatuses({ params, query, body, errors = [], public: open }: Contract): number[] {\n  const ofInput = [...(params || query ? [400] : []), ...(body ? [400, 413, 415, 422] : [])];\n  const codes = [...(open ? [] : [401]), ...ofInput, ...errors];\n",
    ],
  ],
  "tests/route.test.ts": [
    [
      '  route({ summary: "Echo", body: Note, returns: z.object({ text: z.string() }), handler: async ({ body }) => body }),\n',
      '  route({\n    summary: "Echo",\n    public: true,\n    body: Note,\n    returns: z.object({ text: z.string() }),\n    handler: async ({ body }) => body,\n  }),\n',
    ],
    [
      '    summary: "Ask the database for what it refuses",\n',
      '    summary: "Ask the database for what it refuses",\n    public: true,\n',
    ],
    ['    summary: "Fail",\n', '    summary: "Fail",\n    public: true,\n'],
  ],
  "tests/app.ts": [
    ['import "./database.ts";\n', 'import "./database.ts";\nimport { newAccount, SIGN_UP } from "./sign-up.ts";\n'],
    [
      '/** Sends a request; an object is sent as JSON. The body of the answer is undefined when there is none. */\nexport async function call<T = Problem>(method: string, path: string, body?: unknown): Promise<Answer<T>> {\n  const json = { body: JSON.stringify(body), headers: { "content-type": "application/json" } };\n  const response = await app.request(path, { method, ...(body !== undefined && json) });\n',
      `let own: Promise<string> | undefined;

/** Signs somebody up who has not been there yet; the token of their requests. */
export async function signUp(account = newAccount()): Promise<string> {
  const { status } = await call("POST", SIGN_UP, account, null);
  assert.equal(status, 201);
  const { email, password } = account;
  const { body } = await call<{ token: string }>("POST", "/api/login", { email, password }, null);
  return body.token;
}

/** Sends a request with a token: that of the tests' own account, another one, or none (null). An object is sent as JSON. The body
 * of the answer is undefined when there is none. */
export async function call<T = Problem>(
  method: string,
  path: string,
  body?: unknown,
  token?: string | null,
): Promise<Answer<T>> {
  const bearer = token === undefined ? await (own ??= signUp()) : token;
  const headers = {
    ...(bearer !== null && { authorization: \`Bearer \${bearer}\` }),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  const sent = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await app.request(path, sent);
`,
    ],
  ],
};
