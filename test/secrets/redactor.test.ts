import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createRedactor } from "../../src/secrets/redactor.ts";

const HARD = `p@ss/w"rd+é <1>&\\'=?`;
const SECRETS = [HARD, randomBytes(32).toString("base64url"), "correct horse battery", "0123456789abcdef"];
const redactor = createRedactor(SECRETS);

/** How programs write it, each with something before and behind. */
const FORMS: [string, (secret: string) => string][] = [
  ["as it is", (secret) => secret],
  ["in a URL", (secret) => encodeURIComponent(secret)],
  [
    "in a URL, in small digits",
    (secret) => encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
  ],
  ["in a form", (secret) => new URLSearchParams({ v: secret }).toString().slice(2)],
  ["in a whole address", (secret) => encodeURI(secret)],
  ["in JSON", (secret) => JSON.stringify(secret).slice(1, -1)],
  ["in JSON in JSON", (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
  ["in JSON for HTML", (secret) => JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/")],
  ["in hexadecimal", (secret) => Buffer.from(secret).toString("hex")],
  ["in large hexadecimal", (secret) => Buffer.from(secret).toString("hex").toUpperCase()],
];

describe.each(SECRETS)("secret %j", (secret) => {
  test.each(FORMS)("disappears %s", (_, encode) => {
    const form = encode(secret);
    expect(redactor.redact(`before ${form} behind ${form}.`)).toBe("before [redacted] behind [redacted].");
  });

  test.each(["base64", "base64url"] as const)("disappears in %s, wherever it begins", (encoding) => {
    for (const before of ["", "a", "ab", "abc", "user:", "Ünï"]) {
      for (const behind of ["", "z", "zy", ":x"]) {
        const encoded = Buffer.from(before + secret + behind).toString(encoding);
        const left = redactor.redact(encoded);
        expect(left, before + behind).toContain("[redacted]");
        // What is left over decodes to nothing of it: at most the two bytes at its ends that share a digit with others.
        const rest = left.split("[redacted]").map((part) => Buffer.from(part, encoding).toString("latin1"));
        expect(rest.every((part) => !part.includes(secret.slice(0, 3)) && !part.includes(secret.slice(-3)))).toBe(true);
      }
    }
  });
});

test("of two secrets the longer one is hidden whole", () => {
  const two = createRedactor(["hunter2", "hunter2-long"]);
  expect(two.redact("DB_PASSWORD=hunter2-long and hunter2")).toBe("DB_PASSWORD=[redacted] and [redacted]");
});

test("a private key disappears line by line, its frame stays", () => {
  const lines = Array.from({ length: 3 }, () => randomBytes(48).toString("base64"));
  const key = ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----"].join("\n");
  expect(createRedactor([key]).redact(`key: ${lines[1]}\n${key}`)).toBe(
    "key: [redacted]\n-----BEGIN PRIVATE KEY-----\n[redacted]\n[redacted]\n[redacted]\n-----END PRIVATE KEY-----",
  );
});

test("what everybody knows, and what is too short, hides nothing", () => {
  const text = "postgres://postgres:postgres@localhost/a says password: abc";
  expect(createRedactor(["postgres", "password", "abc", "", "a"]).redact(text)).toBe(text);
});

test("text without a secret is the same text, also where it looks like a pattern", () => {
  const text = "$1 [a-z]+ \\d (x|y) %41 é \u{1F600}".repeat(50);
  expect(redactor.redact(text)).toBe(text);
});

function piecewise(pieces: string[]): string {
  const stream = redactor.stream();
  return pieces.map((piece) => stream.push(piece)).join("") + stream.end();
}

describe("a text that comes in pieces", () => {
  const whole = `start ${HARD} middle ${Buffer.from(HARD).toString("hex")}\nnext ${SECRETS[1]}\n${encodeURIComponent(HARD)} end`;

  test("is redacted like the whole, wherever it is cut", () => {
    const expected = redactor.redact(whole);
    for (let cut = 0; cut <= whole.length; cut++) {
      expect(piecewise([whole.slice(0, cut), whole.slice(cut)]), `cut at ${cut}`).toBe(expected);
    }
    expect(piecewise(whole.split(""))).toBe(expected);
  });

  test("never tells the beginning of a secret before the rest is there", () => {
    const stream = redactor.stream();
    expect(stream.push(`a line\nDB_PASSWORD=${SECRETS[1]!.slice(0, 40)}`)).toMatch(/^a line\n[A-Z_=]*$/);
    expect(stream.push(SECRETS[1]!.slice(40)) + stream.end()).toMatch(/\[redacted\]$/);
  });

  test("says whether a secret was in it", () => {
    const stream = redactor.stream();
    stream.push("a line\n");
    expect(stream.hasHidden()).toBe(false);
    stream.push(HARD.slice(0, 5));
    stream.push(`${HARD.slice(5)}\n`);
    expect(stream.hasHidden()).toBe(true);
  });

  test("does not keep a finished line waiting", () => {
    expect(redactor.stream().push("a line\nanother one\n")).toBe("a line\nanother one\n");
  });
});
