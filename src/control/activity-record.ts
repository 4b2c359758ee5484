// One exported activity as a line of NDJSON or CSV. Written for a million of them: from the texts of the database, without an
// object in between. Texts hold the bytes of UTF-8, one character each.

/** The columns of the export, in the order in which `activity-export.ts` selects them. */
type Fields = readonly string[];
export type Line = (fields: Fields) => string;

/** The same object as an activity of `tb activity --json`. */
export function jsonLine(projects: ReadonlyMap<string, string>, [before, after]: readonly [string, string]): Line {
  const project = memo((id) => JSON.stringify({ id, name: bytes(projects.get(id) ?? "") }));
  const text = memo((value) => JSON.stringify(value));
  return (fields) => {
    const [id, at, projectId, type, details, status, environment, user, request, run, references] = fields as string[];
    return `${before}{"id":${JSON.stringify(id)},"at":"${isoTime(at!)}","project":${project(projectId!)},"type":${text(type!)},"details":${JSON.stringify(details)},"status":${text(status!)},"environment":${text(environment!)},"user":${text(user!)},"request_id":${idOrNull(request!)},"run_id":${idOrNull(run!)},"reference_ids":${references}}${after}\n`;
  };
}

export function csvHeader(): string {
  return "id,at,project_id,project,type,details,status,environment,user,request_id,run_id,reference_ids\r\n";
}

/** RFC 4180: lines end in CRLF, quotes are doubled. */
export function csvLine(projects: ReadonlyMap<string, string>): Line {
  const project = memo((id) => csvField(bytes(projects.get(id) ?? "")));
  const text = memo(csvField);
  return (fields) => {
    const [id, at, projectId, type, details, status, environment, user, request, run, references] = fields as string[];
    return `${csvField(id!)},${isoTime(at!)},${csvField(projectId!)},${project(projectId!)},${text(type!)},${csvField(details!)},${text(status!)},${text(environment!)},${text(user!)},${csvField(request!)},${csvField(run!)},${csvField(references!)}\r\n`;
  };
}

/** A text that a spreadsheet would take for a formula gets an apostrophe in front, which makes it a text there: what is
 * exported was partly written by models and strangers. */
function csvField(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const DAY = 86_400;
const dayText = memo((day) => new Date(Number(day) * DAY * 1000).toISOString().slice(0, 11));
const TWO_DIGITS = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, "0"));

/** As Date.toISOString, which takes most of a line's time. */
function isoTime(unixSeconds: string): string {
  const at = Number(unixSeconds);
  const day = Math.floor(at / DAY);
  const second = at - day * DAY;
  const [hours, minutes] = [Math.floor(second / 3600), Math.floor(second / 60) % 60];
  return `${dayText(String(day))}${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes]}:${TWO_DIGITS[second % 60]}.000Z`;
}

function idOrNull(id: string): string {
  return id === "" ? "null" : JSON.stringify(id);
}

function bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** For values of which there are few. */
function memo(make: (value: string) => string): (value: string) => string {
  const known = new Map<string, string>();
  return (value) => {
    let made = known.get(value);
    if (made === undefined) known.set(value, (made = make(value)));
    return made;
  };
}
