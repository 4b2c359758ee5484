// Requests in the exact syntax, from as many trades.
import type { CorpusRequest } from "./english.ts";

export const EXACT: readonly CorpusRequest[] = [
  {
    domain: "podcasts",
    request:
      "shows(name:string:unique, language:enum{en,de}) with absolute url; episodes(title:string:searchable, published_on:date, show:references:shows) with absolute url and soft delete",
  },
  {
    domain: "guest book",
    request:
      "entries(author:string{80}, message:text, written_on:date) with search by message; CORS for https://www.example.com",
  },
  {
    domain: "sensors",
    request:
      "sensors(name:string:unique, kind:enum{heat,light}) readings(value:decimal, taken_at:timestamp, faulty:boolean=false, sensor:references:sensors) with bulk delete",
  },
  {
    domain: "contracts",
    request:
      "clients(name:string, tax_number:string{20}:unique) contracts(number:string{30}:unique, starts_on:date, client:references:clients, successor:references:contracts?) with soft delete and search by number",
  },
  {
    domain: "archive",
    request:
      "collections(name:string:unique) documents(title:string:searchable, body:text?, year:integer, collection:references:collections) with search by body",
  },
  {
    domain: "tasks",
    request:
      "users(name, email:string:unique) tasks(title:string{200}, done:boolean=false, owner:references:users, priority:enum{low,high}, due_at:timestamp?, price:decimal>=0, tags:string[])",
  },
  {
    domain: "shop",
    request:
      "categories(name:string{80}:unique, parent:references:categories?) products(sku:string{3,32}:unique, name:string, price:decimal>=0, stock:integer>=0=0, category:references:categories) reviews(rating:integer between 1 and 5, body:text?, product:references:products)",
  },
  {
    domain: "orders",
    request:
      "customers(name:string, email:email:unique) orders(status:enum{pending,paid,shipped,cancelled}=pending, placed_at:timestamp=now, customer:references:customers) products(name:string, price:decimal>0) order_items(order:references:orders, product:references:products, quantity:integer>=1=1, unit_price:decimal>=0)",
  },
  {
    domain: "clinic",
    request:
      "patients(name:string, birth_date:date, insurance_number:string{20}:unique, phone:string{50}?) doctors(name:string, specialty:string) appointments(patient:references:patients, doctor:references:doctors, starts_at:timestamp, ends_at:timestamp, status:enum{booked,done,cancelled}=booked)",
  },
  {
    domain: "pharmacy",
    request:
      "drugs(name:string:unique, dosage_mg:decimal>0, prescription_only:boolean=false), batches(drug:references:drugs, number:string{30}:unique, expires_on:date, quantity:integer>=0)",
  },
  {
    domain: "library",
    request:
      "authors(name:string, born:integer between 1000 and 2100?) books(title:string, isbn:string{17}:unique, author:references:authors, copies:integer>=0=1) members(name:string, email:email:unique) loans(book:references:books, member:references:members, borrowed_on:date, returned_on:date?)",
  },
  {
    domain: "hotel",
    request:
      'rooms(number:string{10}:unique, kind:enum{single,double,suite}, price:decimal>=0) guests(name:string, email:email) stays(room:references:rooms, guest:references:guests, arrival:date, departure:date, plan:string="room only")',
  },
  {
    domain: "CRM",
    request:
      "companies(name:string:unique, website:url?, employees:integer>=0?) contacts(name:string, email:email?, phone:string{50}?, company:references:companies) deals(title:string, amount:decimal>=0, stage:enum{lead,qualified,won,lost}=lead, company:references:companies, contact:references:contacts?)",
  },
  {
    domain: "forum",
    request:
      "users(handle:string{3,30}:unique, email:email:unique) topics(title:string:unique) posts(topic:references:topics, author:references:users, body:text, pinned:boolean=false, reply_to:references:posts?)",
  },
  {
    domain: "inventory",
    request:
      "warehouses(name:string, address:text?) items(sku:string{40}:unique, name:string, weight:decimal?) stocks(item:references:items, warehouse:references:warehouses, quantity:integer>=0=0, counted_at:timestamp?)",
  },
  {
    domain: "school",
    request:
      "teachers(name:string, email:email:unique) courses(title:string, credits:integer between 1 and 30, teacher:references:teachers) students(name:string, email:email:unique) enrollments(student:references:students, course:references:courses, grade:decimal between 1 and 6?)",
  },
  {
    domain: "fleet",
    request:
      "vehicles(plate:string{12}:unique, make:string, model:string, built:integer between 1950 and 2100, active:boolean=true) drivers(name:string, license:string{30}:unique) trips(vehicle:references:vehicles, driver:references:drivers, started_at:timestamp, ended_at:timestamp?, kilometres:decimal>=0=0)",
  },
  {
    domain: "restaurant",
    request:
      "dishes(name:string:unique, price:decimal>=0, course:enum{starter,main,dessert}, allergens:string[]) tables(number:integer:unique, seats:integer>=1) reservations(table:references:tables, name:string, people:integer between 1 and 20, starts_at:timestamp)",
  },
  {
    domain: "gym",
    request:
      "trainers(name:string) sessions(title:string, trainer:references:trainers, starts_at:timestamp, places:integer>=1=10) members(name:string, email:email:unique, joined_on:date) attendances(session:references:sessions, member:references:members)",
  },
  {
    domain: "real estate",
    request:
      "agents(name:string, phone:string{50}) listings(title:string{5,200}, body:text, price:decimal>0, rooms:decimal between 1 and 50, photos:string[], agent:references:agents, sold:boolean=false)",
  },
  {
    domain: "human resources",
    request:
      "departments(name:string:unique) employees(name:string, email:email:unique, salary:decimal>=0, hired_on:date, department:references:departments, manager:references:employees?)",
  },
  {
    domain: "invoicing",
    request:
      "clients(name:string, vat:string{20}?:unique) invoices(number:string{20}:unique, issued_on:date, due_on:date, paid:boolean=false, client:references:clients) lines(invoice:references:invoices, description:string, quantity:decimal>0=1, price:decimal)",
  },
  {
    domain: "help desk",
    request:
      "agents(name:string, email:email:unique) tickets(subject:string, body:text, status:enum{open,pending,closed}=open, agent:references:agents?) replies(ticket:references:tickets, body:text, internal:boolean=false)",
  },
  {
    domain: "events",
    request:
      "venues(name:string, city:string, capacity:integer>=1) events(title:string, venue:references:venues, starts_at:timestamp, ends_at:timestamp?) tickets(event:references:events, code:string{8,20}:unique, price:decimal>=0, used:boolean=false)",
  },
  {
    domain: "podcasts",
    request:
      "shows(title:string:unique, feed:url:unique) episodes(show:references:shows, title:string, audio:url, seconds:integer>0, published_at:timestamp?)",
  },
  {
    domain: "sensors",
    request:
      "sites(name:string) sensors(site:references:sites, serial:string{40}:unique, unit:enum{celsius,percent,lux}, calibrated_on:date?) readings(sensor:references:sensors, value:decimal, taken_at:timestamp)",
  },
  {
    domain: "bank ledger",
    request:
      "accounts(iban:string{34}:unique, currency:enum{EUR,USD,GBP}=EUR, opened_on:date) entries(account:references:accounts, cents:bigint, booked_at:timestamp=now, memo:string{140}?)",
  },
  {
    domain: "insurance",
    request:
      'policies(number:string{20}:unique, holder:string, premium:decimal>0, starts_on:date, ends_on:date?) claims(policy:references:policies, amount:decimal>=0, state:enum{filed,"in review",accepted,rejected}=filed, details:json?)',
  },
  {
    domain: "charity",
    request:
      "donors(name:string, email:email?, anonymous:boolean=false) campaigns(title:string, goal:decimal>0, ends_on:date?) donations(donor:references:donors?, campaign:references:campaigns, amount:decimal>0, given_at:timestamp=now)",
  },
  {
    domain: "sports league",
    request:
      "teams(name:string:unique, founded:integer?) players(name:string, team:references:teams, shirt:integer between 1 and 99) matches(home:references:teams, away:references:teams, played_on:date, home_goals:integer>=0=0, away_goals:integer>=0=0)",
  },
  {
    domain: "surveys",
    request:
      "surveys(title:string, open:boolean=true) questions(survey:references:surveys, text:string{500}, position:integer>=0, options:json?) answers(question:references:questions, value:text)",
  },
  {
    domain: "construction",
    request:
      "sites(name:string, address:text) contractors(name:string:unique, trade:string) jobs(site:references:sites, contractor:references:contractors?, title:string, budget:decimal>=0, state:enum{planned,running,done}=planned, starts_on:date?)",
  },
  {
    domain: "airline",
    request:
      "airports(code:string{3,3}:unique, city:string) flights(number:string{8}, origin:references:airports, destination:references:airports, departs_at:timestamp, arrives_at:timestamp, seats:integer>0)",
  },
  {
    domain: "cinema",
    request:
      "movies(title:string, minutes:integer>0, rating:enum{G,PG,PG-13,R}) screens(name:string:unique, seats:integer>0) showings(movie:references:movies, screen:references:screens, starts_at:timestamp, price:decimal>=0)",
  },
  {
    domain: "feature flags",
    request:
      'flags(key:string{2,60}:unique, enabled:boolean=false, payload:json?, owner:email) GET /api/version that returns {"version": "2.1"}',
  },
  {
    domain: "wiki",
    request:
      "spaces(name:string:unique, private:boolean=false) pages(space:references:spaces, parent:references:pages?, title:string, body:text, version:integer>=1=1)",
  },
  {
    domain: "laboratory",
    request:
      "projects(code:string{12}:unique, title:string) samples(project:references:projects, barcode:string{4,40}:unique, taken_on:date, volume:decimal>0?, notes:text?) measurements(sample:references:samples, method:string, result:decimal, measured_at:timestamp)",
  },
  {
    domain: "garden",
    request:
      "a garden API with beds(name, sunny boolean) and plants(name unique, height decimal optional, planted_on date, belongs to bed)",
  },
  {
    domain: "profiles",
    request: "users(email:email:unique) profiles(user:references:users:unique, bio:text?, avatar:url?, birthday:date?)",
  },
  {
    domain: "accounts",
    request:
      "members(email:email:unique, name:string) boards(name:string:unique, owner:references:members) cards(title:string, board:references:boards, done:boolean=false) with login for members",
  },
];
