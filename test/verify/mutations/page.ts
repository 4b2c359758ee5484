// docs/mutations.md: the table of what verification is tried on. Written by `npm run docs`.
import { SUBJECTS } from "./index.ts";
import { SOUND_PLANS, VARIATIONS } from "./sound-projects.ts";

export const PAGE = "docs/mutations.md";

export function mutationsPage(): string {
  const sound = SOUND_PLANS.length + VARIATIONS.length;
  const count = SUBJECTS.flatMap(([, list]) => list).length;
  return `# Mutations

What [verification](verification.md) is tried on: a sound project with one thing that is wrong, ${count} times over, and ${sound} projects
that are right. Each mutation must be found by the check that is named here, with the words that the list expects
(\`test/verify/mutations/\`); other checks may find it too. None of the sound projects may be refused.

\`\`\`sh
npm run mutations            # all of them, one after the other
npm run mutations -- cursor  # those whose names match
\`\`\`

It ends with an error when one of ${count} is missed or one of ${sound} is refused. This page is made from the
definitions by \`npm run docs\`.
${SUBJECTS.map(([title, list]) => section(title, list)).join("")}
## Right, each in its own way

| project | |
| --- | --- |
${SOUND_PLANS.map(([name, plan]) => `| ${escaped(name)} | ${plan.tables.length} tables, ${plan.endpoints.length} endpoints |\n`).join("")}${VARIATIONS.map(({ name }) => `| ${name} | written by hand |\n`).join("")}`;
}

function section(title: string, list: (typeof SUBJECTS)[number][1]): string {
  const rows = list.map(
    ({ name, what, check, says }) =>
      `| ${name} | ${escaped(what)} | ${check} | \`${escaped(says.source.replaceAll(/\\([^\w])/g, "$1"))}\` |\n`,
  );
  return `\n## ${title}\n\n| mutation | what is wrong | found by | and tb says (a pattern) |\n| --- | --- | --- | --- |\n${rows.join("")}`;
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
