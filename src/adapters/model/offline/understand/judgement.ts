// Requests that need judgement: behaviour, rules and services that no rule of the offline model writes, and what each is.
import type { Token } from "./tokens.ts";

export interface Judgement {
  reason: string;
  suggestion: string | null;
}

const BY_HAND = "Leave it out of the request and add it to the project afterwards, by hand.";

const SUBJECTS: { words: string; reason: string; suggestion?: string }[] = [
  {
    words:
      "email emails emailing emailed e-mail e-mails mail mails mailing send sends sending sms notify notifies notification notifications newsletter remind reminds reminder",
    reason: "Sending mail or messages is behaviour, which the offline model does not write.",
  },
  {
    words:
      "payment payments pay pays paying checkout stripe paypal refund refunds billing subscription subscriptions charge charges charging",
    reason: "Payments need a provider and rules, which the offline model does not write.",
    suggestion: "Only records of them? Give the columns: payments(amount:decimal>=0, paid_at:timestamp?)",
  },
  {
    words:
      "login logins log-in logout sign-up signup sign-in signin auth authentication authenticate authenticated authorization authorize authorise authorisation jwt oauth oauth2 sso saml 2fa mfa session sessions password passwords account-based token tokens secure secured security encrypted encrypt hashed encryption",
    reason:
      "The offline model writes accounts that log in with an e-mail address and a password, and no other protection.",
    suggestion: 'Write "users can sign up and log in"',
  },
  {
    words:
      "role roles permission permissions rbac acl admin admins administrator administrators owner-only private multi-tenant tenancy",
    reason: "Roles and permissions are rules, which the offline model does not write.",
    suggestion: "Only records of them? Give the columns: roles(name:string:unique)",
  },
  {
    words: "search searches searchable searching autocomplete",
    reason: "The offline model writes a search for words in the columns of a table, and no other.",
    suggestion: 'Write "tasks are searchable by title", or tasks(title:string:searchable)',
  },
  {
    words: "cors cross-origin",
    reason: "CORS is allowed to origins that are named, never to all.",
    suggestion: 'Write "CORS for https://app.example.com"',
  },
  {
    words: "undelete undeletes undeleted restore restores restored restoring trash",
    reason: "Bringing deleted rows back is behaviour, which the offline model does not write.",
    suggestion: 'Only kept in the table? Write "tasks are soft-deleted"',
  },
  {
    words:
      "filter filters filtering filterable sort sorts sorted sorting sortable paginate pagination paging paginated",
    reason: "Every list has pages, filters and orders already; others are not in the offline model.",
    suggestion: "Leave it out.",
  },
  {
    words:
      "upload uploads uploading uploaded attachment attachments photo photos image images video videos avatar avatars",
    reason: "Storing files is behaviour, which the offline model does not write.",
    suggestion: "Only the address of a file? Make it a column: image_url:url?",
  },
  {
    words: "realtime real-time live websocket websockets chat streaming push sse webhook webhooks",
    reason: "Live connections and webhooks are behaviour, which the offline model does not write.",
  },
  {
    words:
      "cron daily nightly weekly monthly hourly schedule scheduled scheduler background queue queues worker workers automatic automatically",
    reason: "Scheduled and background work is behaviour, which the offline model does not write.",
  },
  {
    words: "graphql grpc soap trpc",
    reason: "The base project speaks REST with JSON; other protocols are not in the offline model.",
  },
  {
    words: "mongodb mongo mysql mariadb sqlite redis dynamodb elasticsearch firebase supabase kafka rabbitmq nosql",
    reason: "The base project stores its data in Postgres; other stores are not in the offline model.",
  },
  {
    words:
      "frontend front-end ui website webpage page dashboard react vue angular html css mobile ios android screen button",
    reason: "tb builds backends; pages and apps in front of them are not part of it.",
  },
  {
    words:
      "ai llm gpt chatgpt recommend recommends recommendation recommendations ml machine-learning prediction predict sentiment",
    reason: "Recommendations and predictions need judgement, which the offline model has not.",
  },
  {
    words:
      "report reports analytics statistics stats metrics average sum calculate calculates calculated compute computes computed count counts convert converts",
    reason: "Computing something is behaviour, which the offline model does not write.",
  },
  {
    words:
      "import imports importing export exports csv excel pdf xml scrape scrapes crawl crawler sync syncs synchronize integrate integrates integration integrations",
    reason: "Imports, exports and other services are behaviour, which the offline model does not write.",
  },
  {
    words:
      "like similar clone copy airbnb uber twitter facebook instagram youtube spotify reddit amazon ebay netflix slack trello jira notion",
    reason: "Another product is not a specification; the offline model needs the tables and their columns.",
    suggestion: 'Name them: "posts have a title and a body; comments belong to posts"',
  },
  {
    words:
      "when whenever if unless must should shall only cannot can't can may never always until before after while during except allow allows allowed prevent prevents ensure ensures validate validates validated validation restrict restricts limit limits enforce approve approves approval cancel cancels except",
    reason: "This is a business rule, which the offline model does not write.",
  },
  {
    words:
      "fast faster scalable scale modern robust reliable production-ready high-performance performant serverless distributed microservices versioned cached caching cache beautiful offline-first",
    reason: "This asks for a quality, which no rule of the offline model turns into code.",
    suggestion: "Leave it out, or name the tables and columns it stands for.",
  },
  {
    words: "delete drop remove update alter truncate rename grant select insert union",
    reason: "This is an instruction to change something, not the description of a new backend.",
    suggestion: 'Describe the tables and their columns. An endpoint for it? Write "delete all tasks at once"',
  },
];

const AFTER_COLUMN = new Set("or and that which must may can is are address addresses".split(" "));
const BEFORE_COLUMN = new Set("a an the their one more unique optional or".split(" "));

const BY_WORD = new Map(
  SUBJECTS.flatMap(({ words, reason, suggestion }) =>
    words.split(" ").map((word): [string, Judgement] => [word, { reason, suggestion: suggestion ?? BY_HAND }]),
  ),
);

/** What a single word asks for beyond tables and constants, or null. */
export function judgementOf(word: string): Judgement | null {
  return BY_WORD.get(word) ?? null;
}

/** "email" is a verb before what it goes to ("email the buyer") and otherwise more likely the name of a column. */
function isMailing(tokens: readonly Token[], index: number): boolean {
  const [before, next] = [tokens[index - 1]?.lower ?? "", tokens[index + 1]];
  return next?.kind === "word" && !AFTER_COLUMN.has(next.lower) && !BEFORE_COLUMN.has(before);
}

/** The first judgement that the tokens need, or null. */
export function judgementIn(tokens: readonly Token[]): Judgement | null {
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "word" && /[^\p{ASCII}]/u.test(token.text.replaceAll("’", ""))) {
      return { reason: "The offline model understands English with plain ASCII names.", suggestion: null };
    }
    if (/^emails?$/.test(token.lower) && !isMailing(tokens, index)) continue;
    const judgement = judgementOf(token.lower);
    if (judgement) return judgement;
  }
  return null;
}
