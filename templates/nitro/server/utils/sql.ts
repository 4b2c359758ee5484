/** A piece of SQL with its values; made by the functions of this file only, so that text from outside never becomes SQL. */
export type Fragment = { readonly text: string; readonly values: unknown[] };

/** Columns and their values. The names come from a contract, never from the client; undefined is left out. */
type Row = Record<string, unknown>;

const fragments = new WeakSet<Fragment>();

/** sql`… ${value} …`: a value always becomes a parameter ($1, $2, …); a fragment is spliced in. */
export function sql(strings: TemplateStringsArray, ...args: unknown[]): Fragment {
  let all = make(strings[0]!, []);
  for (const [index, arg] of args.entries()) {
    all = concat(all, "", isFragment(arg) ? arg : make("$1", [arg]));
    all = make(all.text + strings[index + 1]!, all.values);
  }
  return all;
}

/** `("a", "b") values ($1, $2)`, for an insert; a column that is left out gets its default. */
export function values(row: Row): Fragment {
  const given = Object.entries(row).filter(([, value]) => value !== undefined);
  const columns = given.map(([column]) => quote(column)).join(", ");
  const parameters = given.map((_, index) => `$${index + 1}`).join(", ");
  return make(
    `(${columns}) values (${parameters})`,
    given.map(([, value]) => value),
  );
}

/** `"a" = $1, "b" = $2`, for an update. */
export function assignments(row: Row): Fragment {
  return join(pairs(row), ", ");
}

/** `"a" = $1 and "b" = $2`, for a list; true when nothing is asked for. */
export function matches(row: Row, ignoreCase: string[] = []): Fragment {
  const conditions = pairs(row, ignoreCase);
  return conditions.length > 0 ? join(conditions, " and ") : make("true", []);
}

/** A table or a column by its name, which comes from the code or a contract, never from the client as it is. */
export function name(identifier: string): Fragment {
  return make(quote(identifier), []);
}

function pairs(row: Row, ignoreCase: string[] = []): Fragment[] {
  const given = Object.entries(row).filter(([, value]) => value !== undefined);
  return given.map(([column, value]) =>
    ignoreCase.includes(column)
      ? make(`lower(${quote(column)}) = lower($1)`, [value])
      : make(`${quote(column)} = $1`, [value]),
  );
}

function quote(column: string): string {
  return `"${column.replaceAll('"', '""')}"`;
}

function join(list: Fragment[], separator: string): Fragment {
  return list.reduce((all, part) => (all.text ? concat(all, separator, part) : part), make("", []));
}

function make(text: string, parameters: unknown[]): Fragment {
  const fragment = { text, values: parameters };
  fragments.add(fragment);
  return fragment;
}

function isFragment(value: unknown): value is Fragment {
  return typeof value === "object" && value !== null && fragments.has(value as Fragment);
}

function concat(left: Fragment, separator: string, right: Fragment): Fragment {
  const shifted = right.text.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + left.values.length}`);
  return make(left.text + separator + shifted, [...left.values, ...right.values]);
}
