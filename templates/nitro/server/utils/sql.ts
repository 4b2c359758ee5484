/** A piece of SQL with its values; made by sql`…` only, so that text from outside never becomes SQL. */
export type Fragment = { readonly text: string; readonly values: unknown[] };

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

/** Fragments with a separator between them. */
export function join([first, ...rest]: [Fragment, ...Fragment[]] | Fragment[], separator: " and " | ", "): Fragment {
  return rest.reduce((all, part) => concat(all, separator, part), first ?? make("", []));
}

/** `"a" = $1, "b" = $2` from an object whose keys come from a contract, never from the client; undefined is left out. */
export function assignments(row: Record<string, unknown>): Fragment {
  const set = Object.entries(row).filter(([, value]) => value !== undefined);
  const parts = set.map(([column, value]) => make(`"${column.replaceAll('"', '""')}" = $1`, [value]));
  return join(parts, ", ");
}

function make(text: string, values: unknown[]): Fragment {
  const fragment = { text, values };
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
