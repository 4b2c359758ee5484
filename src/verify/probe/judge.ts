// What every answer must be like, whatever was asked: by the contract, a problem document for an error, nothing leaked.
import { shorten } from "../check.ts";
import type { Contract, Operation } from "./contract.ts";
import type { HttpAnswer } from "./http.ts";

/** Traces of the inside of a server: stack frames, file paths, SQL and the words of the database. */
const LEAKS: readonly [RegExp, string][] = [
  [/\bat (?:async )?[\w$.<>[\] ]+ \(?(?:file:|node:|\/)[^)]*:\d+:\d+/, "a stack trace"],
  [
    /node_modules|(?:^|[\s("'])(?:file:\/\/)?\/(?:home|root|tmp|var|usr|opt|Users|workspace|app)\/[\w./-]+/,
    "a path of the server",
  ],
  [/\b(?:server|\.output)\/[\w[\]/.-]+\.m?[jt]s\b/, "a source file"],
  [/\b(?:select\s.+\sfrom|insert\s+into|update\s+\S+\s+set|delete\s+from)\s+\S/i, "an SQL statement"],
  [
    /\b(?:violates|duplicate key value|syntax error at or near|invalid input syntax|relation "|column "|null value in)/i,
    "a message of the database",
  ],
  [/\bECONN\w+|\bENOTFOUND\b|\bENOENT\b/, "a system error"],
];

export interface Rules {
  /** The project follows a plan of tb's and the rules of its base project: what it answers stands in openapi.json. */
  planned: boolean;
}

/** Everything that is wrong with the answer, apart from its status and from what it leaks. */
export function judgeAnswer(
  answer: HttpAnswer,
  contract: Contract,
  operation: Operation | undefined,
  { planned }: Rules = { planned: false },
): string[] {
  const isError = answer.status >= 400;
  const problems = isError ? judgeError(answer) : judgeSuccess(answer, contract, operation);
  const declared = operation?.responses.get(answer.status);
  if (isError && planned && operation && !declared && answer.status < 500)
    problems.push(`openapi.json does not name the status ${answer.status}`);
  for (const [type, schema] of declared ?? []) {
    if (!schema || !answer.contentType.startsWith(type) || answer.json === undefined) continue;
    const mismatch = contract.mismatch(answer.json, schema);
    if (mismatch) problems.push(`the answer does not match openapi.json: ${mismatch}`);
  }
  return problems;
}

/** What the answer shows of the inside of the server. `secrets` are looked for in every answer, with all its headers. */
export function leaksOf(answer: HttpAnswer, secrets: readonly string[]): string[] {
  const leaks =
    answer.status < 400
      ? []
      : LEAKS.filter(([pattern]) => pattern.test(answer.text)).map(
          ([, what]) => `the error shows ${what} to the client`,
        );
  const all = answer.text + JSON.stringify(answer.headers);
  if (secrets.some((secret) => all.includes(secret))) leaks.push("the answer holds the password of the database");
  return leaks;
}

function judgeError(answer: HttpAnswer): string[] {
  const { json } = answer;
  if (!answer.contentType.startsWith("application/problem+json"))
    return [`an error must be application/problem+json, not ${answer.contentType || "without a type"}`];
  if (typeof json !== "object" || json === null || !("title" in json) || !("status" in json))
    return ['a problem document needs "title" and "status"'];
  return json.status === answer.status ? [] : [`the problem document says status ${String(json.status)}`];
}

function judgeSuccess(answer: HttpAnswer, contract: Contract, operation: Operation | undefined): string[] {
  if (!operation) return [];
  const declared = operation.responses.get(answer.status);
  if (!declared) return [`openapi.json does not name the status ${answer.status}`];
  if (declared.size === 0) return answer.text === "" ? [] : ["openapi.json says that this answer has no body"];
  const schema = declared.get("application/json");
  if (!schema) return [];
  if (!answer.contentType.startsWith("application/json"))
    return [`the answer must be application/json, not ${answer.contentType || "without a type"}`];
  if (answer.json === undefined) return ["the answer is not JSON"];
  const undeclared = contract.undeclared(answer.json, schema);
  const names = [...new Set(undeclared.map((path) => path.replace(/^items\[\d+\]\./, "")))];
  return names.length > 0
    ? [
        `the answer has ${names.map((name) => `"${name}"`).join(", ")}, which openapi.json does not name: an undeclared column leaves the server`,
      ]
    : [];
}

/** The answer as a failure shows it. */
export function excerpt(answer: HttpAnswer): string {
  return `${answer.status} ${shorten(answer.text, 500) || "(no body)"}`;
}
