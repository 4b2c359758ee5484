// Which tables of a project are plain enough to be probed row by row: what a client sends for a new row is what is stored.
import { kebabCase } from "../../plan/names.ts";
import { inDependencyOrder } from "../../plan/build-plan.ts";
import type { Column, Table } from "../../plan/plan.ts";
import type { SchemaFacts } from "../introspect.ts";
import type { Contract, JsonSchema } from "../probe/contract.ts";
import { isRequired } from "../probe/rows.ts";
import { type FoundAccounts, foundAccounts } from "./found-accounts.ts";
import { foundColumn, type FoundProperty } from "./found-column.ts";

export interface FoundTables {
  /** Parents before children: those that are probed, and those that rows can be put into by hand. */
  tables: Table[];
  /** Names of those whose endpoints are probed. */
  plain: ReadonlySet<string>;
}

const ID = /^character varying\((\d+)\)$/;
const ID_LENGTH = 21;
const TEXTS: ReadonlySet<Column["type"]> = new Set(["string", "email", "url"]);

export function foundTables(contract: Contract, facts: SchemaFacts): FoundTables {
  const plain = new Map<string, Table>();
  const fillable = new Map<string, Table>();
  const accounts = foundAccounts(contract, facts);
  for (const name of facts.tables) {
    if (!hasUsualId(name, facts)) continue;
    const table = plainTable(name, contract, facts, accounts);
    if (table) plain.set(name, table);
    const byHand = fillableTable(name, facts, accounts);
    if (byHand) fillable.set(name, byHand);
  }
  return settle(plain, fillable);
}

/** A table that needs a row of another one, which can neither be asked for nor put in, drops out; and so on. */
function settle(plain: Map<string, Table>, fillable: Map<string, Table>): FoundTables {
  for (let before = -1; before !== plain.size + fillable.size;) {
    before = plain.size + fillable.size;
    for (const group of [plain, fillable]) {
      for (const [name, table] of group) {
        const columns = table.columns.filter((column) => !column.nullable || isThere(column, plain, fillable));
        if (columns.every((column) => isThere(column, plain, fillable))) group.set(name, { ...table, columns });
        else group.delete(name);
      }
    }
  }
  const tables = [...new Map([...fillable, ...plain]).values()];
  return { tables: inDependencyOrder(tables), plain: new Set(plain.keys()) };
}

function isThere({ references }: Column, plain: Map<string, Table>, fillable: Map<string, Table>): boolean {
  return !references || plain.has(references.table) || fillable.has(references.table);
}

/** null when what is sent and what is stored differ: a hidden, computed or split column, a wrapped answer. */
function plainTable(
  name: string,
  contract: Contract,
  facts: SchemaFacts,
  accounts: FoundAccounts | null,
): Table | null {
  const create = contract.operations.get(`POST /api/${kebabCase(name)}`);
  if (!create?.body) return null;
  const body = contract.resolve(create.body);
  const columns: Column[] = [];
  const owner = accounts?.owners.get(name);
  for (const [key, property] of Object.entries(body.properties ?? {})) {
    if (name === accounts?.table && key === "password") continue;
    const column = foundColumn(name, key, facts, propertyOf(contract, property), owner);
    if (!column || isRequired(column) !== (body.required?.includes(key) ?? false)) return null;
    columns.push(column);
  }
  const answer = [...create.responses].find(([status]) => status >= 200 && status < 300)?.[1].get("application/json");
  const shown = answer ? Object.keys(contract.resolve(answer).properties ?? {}) : [];
  if (!["id", ...columns.map((column) => column.name)].every((column) => shown.includes(column))) return null;
  if (owner !== undefined && columns.every((column) => column.name !== owner)) {
    const column = foundColumn(name, owner, facts, null, owner);
    if (!column) return null;
    columns.push(column);
  }
  return hasOddUniqueness(name, columns, facts, owner) ? null : tableOf(name, columns, facts, accounts);
}

/** A table that a row can be put into without the application; null when nobody can tell what its columns need. */
function fillableTable(name: string, facts: SchemaFacts, accounts: FoundAccounts | null): Table | null {
  const owner = accounts?.owners.get(name);
  const columns: Column[] = [];
  for (const { table, name: key, nullable, default: byDefault } of facts.columns) {
    if (table !== name || ["id", "created_at", "updated_at"].includes(key) || nullable || byDefault !== null) continue;
    const column = foundColumn(name, key, facts, null, owner);
    if (!column) return null;
    columns.push(column);
  }
  return hasOddUniqueness(name, columns, facts, owner) ? null : tableOf(name, columns, facts, accounts);
}

function tableOf(name: string, columns: Column[], facts: SchemaFacts, accounts: FoundAccounts | null): Table {
  const owner = accounts?.owners.get(name);
  const own = columns.filter((column) => !["id", "created_at", "updated_at"].includes(column.name));
  const built = (key: string, type: Column["type"]) =>
    facts.columns.some((column) => column.table === name && column.name === key)
      ? [{ name: key, type, nullable: false, unique: false, default: key === "id" ? null : "now", references: null }]
      : [];
  return {
    name,
    singular: singularOf(name),
    columns: [...built("id", "id"), ...own, ...built("created_at", "timestamp"), ...built("updated_at", "timestamp")],
    ...(name === accounts?.table && { account: true }),
    ...(owner !== undefined && { owner }),
  };
}

/** Only used in sentences and to find a parent by the name of a reference. */
function singularOf(name: string): string {
  if (name.endsWith("ies")) return `${name.slice(0, -3)}y`;
  if (/(ss|sh|ch|x|z)es$/.test(name)) return name.slice(0, -2);
  return /[^s]s$/.test(name) ? name.slice(0, -1) : name;
}

function hasUsualId(table: string, facts: SchemaFacts): boolean {
  const type = facts.columns.find((column) => column.table === table && column.name === "id")?.type ?? "";
  const length = type === "text" ? ID_LENGTH : Number(ID.exec(type)?.[1] ?? 0);
  const key = facts.constraints.find((one) => one.table === table && one.kind === "primary key");
  const times = facts.columns.filter(
    (column) => column.table === table && ["created_at", "updated_at"].includes(column.name),
  );
  return length >= ID_LENGTH && key?.columns.join() === "id" && times.every((column) => column.type === "bigint");
}

/** A pair that must be unique is only sure to be new when one of the two is a text. */
function hasOddUniqueness(table: string, columns: Column[], facts: SchemaFacts, owner: string | undefined): boolean {
  const texts = new Set(columns.filter(({ type }) => TEXTS.has(type)).map(({ name }) => name));
  return facts.indexes.some(
    (index) =>
      index.table === table &&
      index.unique &&
      index.columns.filter((column) => column === null || column !== owner).length > 1 &&
      !index.columns.includes("id") &&
      !index.columns.some((column) => column !== null && texts.has(column)),
  );
}

/** The property without its references and without "or null". */
function propertyOf(contract: Contract, schema: JsonSchema): FoundProperty {
  const own = contract.resolve(schema);
  const choices = own.anyOf ?? own.oneOf;
  if (choices) {
    const values = choices.filter((choice) => contract.resolve(choice).type !== "null");
    const nullable = values.length < choices.length;
    const [only] = values;
    if (values.length === 1 && only) {
      const { anyOf: _, oneOf: __, ...rest } = own;
      return { schema: { ...contract.resolve(only), ...rest }, nullable };
    }
    return { schema: own, nullable };
  }
  if (!Array.isArray(own.type)) return { schema: own, nullable: false };
  const types = own.type.filter((type) => type !== "null");
  return { schema: { ...own, type: types.length === 1 ? types[0]! : types }, nullable: types.length < own.type.length };
}
