// Columns of nouns that people name without describing them, and tables of domains. Every use is stated as an assumption.

/** In the exact field syntax; a reference is used only when the plan has its table. */
const COLUMNS: Readonly<Record<string, string>> = {
  users: "name:string, email:email:unique",
  customers: "name:string, email:email:unique, phone:string{50}?",
  clients: "name:string, email:email:unique, phone:string{50}?",
  members: "name:string, email:email:unique",
  employees: "name:string, email:email:unique, position:string?",
  contacts: "name:string, email:email?, phone:string{50}?",
  people: "name:string, email:email?",
  students: "name:string, email:email:unique",
  teachers: "name:string, email:email:unique",
  patients: "name:string, birth_date:date?, phone:string{50}?",
  doctors: "name:string, specialty:string?",
  authors: "name:string, bio:text?",
  tasks: "title:string, description:text?, done:boolean=false, due_at:timestamp?",
  todos: "title:string, done:boolean=false, due_at:timestamp?",
  projects: "name:string, description:text?",
  notes: "title:string, body:text",
  posts: "title:string, body:text, published_at:timestamp?",
  articles: "title:string, body:text, published_at:timestamp?",
  comments: "body:text",
  categories: "name:string:unique, description:text?",
  tags: "name:string{50}:unique",
  products: "name:string, description:text?, price:decimal>=0, sku:string{64}:unique",
  suppliers: "name:string, email:email?, phone:string{50}?",
  vendors: "name:string, email:email?, phone:string{50}?",
  companies: "name:string, website:url?",
  carts: "status:enum{open,ordered}=open",
  orders: "status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0",
  order_items: "quantity:integer>=1=1, unit_price:decimal>=0",
  invoices: "number:string{50}:unique, total:decimal>=0, status:enum{draft,sent,paid}=draft, due_on:date?",
  books: "title:string, isbn:string{17}?, published_on:date?",
  loans: "borrowed_on:date, returned_on:date?",
  movies: "title:string, year:integer?, description:text?",
  events: "title:string, description:text?, starts_at:timestamp, ends_at:timestamp?",
  venues: "name:string, address:string?, capacity:integer>=0?",
  bookings: "starts_at:timestamp, ends_at:timestamp, status:enum{pending,confirmed,cancelled}=pending",
  rentals: "starts_at:timestamp, ends_at:timestamp",
  reservations: "starts_at:timestamp, ends_at:timestamp, status:enum{pending,confirmed,cancelled}=pending",
  appointments: "starts_at:timestamp, ends_at:timestamp, notes:text?",
  rooms: "name:string, capacity:integer>=0?",
  courses: "title:string, description:text?",
  reviews: "rating:integer between 1 and 5, body:text?",
  bookmarks: "title:string, url:url",
  recipes: "title:string, instructions:text",
  ingredients: "name:string",
  vehicles: "make:string, model:string, registration:string{20}:unique",
  topics: "title:string, description:text?",
  threads: "title:string",
  messages: "body:text",
  tickets: "title:string, description:text?, status:enum{open,pending,closed}=open",
  teams: "name:string:unique",
  departments: "name:string:unique",
  locations: "name:string, address:string?",
  warehouses: "name:string, address:string?",
  profiles: "bio:text?, website:url?, avatar_url:url?",
};

/** Which parent a noun conventionally belongs to; used only between nouns that were both left undescribed. */
const PARENTS: Readonly<Record<string, readonly string[]>> = {
  tasks: ["projects", "users"],
  todos: ["users"],
  projects: ["users"],
  notes: ["users"],
  posts: ["users", "authors"],
  articles: ["users", "authors"],
  comments: ["posts", "articles", "users"],
  products: ["categories", "suppliers"],
  orders: ["customers", "users"],
  order_items: ["orders", "products"],
  invoices: ["customers", "clients"],
  books: ["authors"],
  loans: ["books", "members"],
  events: ["venues"],
  bookings: ["rooms", "customers", "users"],
  appointments: ["patients", "doctors"],
  reviews: ["products", "movies", "users"],
  bookmarks: ["users"],
  recipes: ["users"],
  employees: ["departments"],
  threads: ["topics", "users"],
  messages: ["threads", "users"],
  tickets: ["customers", "users"],
  contacts: ["companies"],
};

/** What there is only of something else, whatever that is. */
const PARTS: ReadonlySet<string> = new Set(
  (
    "comments reviews tasks todos messages bookings reservations appointments orders order_items invoices tickets posts articles " +
    "bookmarks loans rentals threads profiles rooms departments notes"
  ).split(" "),
);

/** Besides what things conventionally belong to: who has them, where somebody says so. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  employees: ["companies", "departments", "teams", "locations"],
  contacts: ["companies", "customers", "clients", "users"],
  projects: ["users", "clients", "customers", "companies", "departments", "teams"],
  books: ["authors"],
  products: ["categories", "suppliers", "vendors", "companies"],
  vehicles: ["customers", "users", "employees", "companies"],
  courses: ["teachers", "departments"],
  events: ["venues", "users", "companies", "teams"],
  locations: ["companies"],
  warehouses: ["companies"],
  recipes: ["users", "authors"],
  topics: ["users"],
  teams: ["companies", "departments"],
  carts: ["users", "customers"],
};

/** What a domain gets when it is named alone: "a todo API". */
const DOMAINS: Readonly<Record<string, readonly string[]>> = {
  todo: ["users", "tasks"],
  task: ["users", "tasks"],
  blog: ["users", "posts", "comments"],
  shop: ["categories", "products", "customers", "orders", "order_items"],
  store: ["categories", "products", "customers", "orders", "order_items"],
  library: ["authors", "books", "members", "loans"],
  forum: ["users", "topics", "threads", "messages"],
  crm: ["companies", "contacts"],
  notes: ["users", "notes"],
  bookmark: ["users", "bookmarks"],
  clinic: ["patients", "doctors", "appointments"],
  booking: ["customers", "rooms", "bookings"],
};

/** Two nouns that relate many to many, whichever is named first, the table between them, and what it has besides. */
const MANY_TO_MANY: readonly (readonly [string, string, string, string?])[] = [
  ["orders", "products", "order_items", "quantity:integer>=1=1"],
  ["carts", "products", "cart_items", "quantity:integer>=1=1"],
  ["students", "courses", "enrollments"],
  ["students", "classes", "enrollments"],
  ["members", "classes", "attendances"],
  ["books", "authors", "authorships"],
  ["posts", "tags", "taggings"],
  ["articles", "tags", "taggings"],
  ["products", "tags", "taggings"],
  ["products", "categories", "categorizations"],
  ["recipes", "ingredients", "recipe_ingredients"],
  ["users", "teams", "memberships"],
  ["movies", "actors", "castings"],
  ["playlists", "tracks", "playlist_entries"],
  ["playlists", "songs", "playlist_entries"],
];

export function wellKnownColumns(table: string): string | null {
  return Object.hasOwn(COLUMNS, table) ? COLUMNS[table]! : null;
}

export function conventionalParents(table: string): readonly string[] {
  return Object.hasOwn(PARENTS, table) ? PARENTS[table]! : [];
}

/** Does everybody who says that these have those mean that each of those belongs to one of these? */
export function usuallyHas(owner: string, member: string): boolean {
  if (conventionalParents(member).includes(owner)) return true;
  if (conventionalParents(owner).includes(member)) return false;
  return PARTS.has(member) || (Object.hasOwn(OWNERS, member) && OWNERS[member]!.includes(owner));
}

export function domainTables(domain: string): readonly string[] | null {
  return Object.hasOwn(DOMAINS, domain) ? DOMAINS[domain]! : null;
}

/** The table that conventionally stands between two nouns that relate many to many, with the columns it has besides in the
 * exact syntax; null for two that do not. */
export function linkBetween(a: string, b: string): { name: string; columns: string | null } | null {
  const found = MANY_TO_MANY.find(([one, other]) => (one === a && other === b) || (one === b && other === a));
  return found ? { name: found[2], columns: found[3] ?? null } : null;
}

export const WELL_KNOWN_TABLES: readonly string[] = Object.keys(COLUMNS);
