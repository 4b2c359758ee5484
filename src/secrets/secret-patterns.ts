// What looks like a secret of whoever it may be. Only what is hardly ever anything else: a false alarm stops somebody's work.

export interface SecretPattern {
  what: string;
  /** Means the same to JavaScript and as an extended regular expression to git. */
  source: string;
}

export const SECRET_PATTERNS: readonly SecretPattern[] = [
  { what: "a private key", source: "-----BEGIN ([A-Z]+ )*PRIVATE KEY( BLOCK)?-----" },
  { what: "an AWS access key", source: "(AKIA|ASIA)[0-9A-Z]{16}" },
  { what: "a GitHub token", source: "(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})" },
  { what: "an OpenAI key", source: "sk-[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}" },
  { what: "an OpenRouter key", source: "sk-or-v1-[0-9a-f]{64}" },
  { what: "an Anthropic key", source: "sk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{80,}" },
  { what: "an xAI key", source: "xai-[A-Za-z0-9]{70,}" },
  { what: "an npm token", source: "npm_[A-Za-z0-9]{36}" },
  { what: "a Fly.io token", source: "fm2_[A-Za-z0-9+/=_-]{100,}" },
  { what: "a Slack token", source: "xox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{20,}" },
  { what: "a Stripe key", source: "[rs]k_live_[A-Za-z0-9]{24,}" },
];

export interface FoundSecret {
  what: string;
  /** Counted from 1. */
  line: number;
}

/** The first secret of each line: of this installation (in one of these forms), or by its looks. */
export function findSecrets(text: string, forms: readonly string[]): FoundSecret[] {
  return text.split("\n").flatMap((line, index) => {
    const what = secretIn(line, forms);
    return what ? [{ what, line: index + 1 }] : [];
  });
}

function secretIn(line: string, forms: readonly string[]): string | undefined {
  if (forms.some((form) => line.includes(form))) return "a password or key of this installation";
  return SECRET_PATTERNS.find(({ source }) => new RegExp(source).test(line))?.what;
}

/** The text without what looks like a secret, for words that somebody has typed. */
export function withoutPatterns(text: string): string {
  return SECRET_PATTERNS.reduce((rest, { source }) => rest.replaceAll(new RegExp(source, "g"), "[redacted]"), text);
}
