// Requests of the same trades that ask for more than tables: each is refused, quoting exactly what is not understood.

export interface Refused {
  request: string;
  /** The quoted parts, in order. */
  spans: string[];
  /** A part of the first reason or suggestion. */
  told: string;
}

export const REFUSED_CORPUS: readonly Refused[] = [
  {
    request: "a shop with products that have a sku, and email the buyer when an order ships",
    spans: ["email the buyer when an order ships"],
    told: "Sending mail",
  },
  {
    request: "a clinic with patients and appointments; patients get a reminder a day before the appointment",
    spans: ["patients get a reminder a day before the appointment"],
    told: "Sending mail",
  },
  {
    request: "a library with books and members; members can only borrow five books at once",
    spans: ["members can only borrow five books at once"],
    told: "business rule",
  },
  {
    request: "a webshop with products and a Stripe checkout",
    spans: ["a Stripe checkout"],
    told: "Payments",
  },
  {
    request: "a gym with members and classes, where a class is full when its capacity is reached",
    spans: ["where a class is full when its capacity is reached"],
    told: "business rule",
  },
  {
    request: "a hotel with rooms and bookings; bookings must not overlap",
    spans: ["bookings must not overlap"],
    told: "business rule",
  },
  {
    request: "a CRM with contacts; import contacts from a CSV file",
    spans: ["import contacts from a CSV file"],
    told: "Imports",
  },
  {
    request: "a forum with topics and threads; moderators can lock threads",
    spans: ["moderators can lock threads"],
    told: "",
  },
  {
    request: "an inventory service with items; items below their minimum stock are reordered automatically",
    spans: ["items below their minimum stock are reordered automatically"],
    told: "Scheduled",
  },
  {
    request: "a school with students and courses; calculate the average grade of each student",
    spans: ["calculate the average grade of each student"],
    told: "Computing",
  },
  {
    request: "a fleet with vehicles; show vehicles live on a map",
    spans: ["show vehicles live on a map"],
    told: "Live connections",
  },
  {
    request: "a photo sharing API with users and albums",
    spans: ["photo"],
    told: "Storing files",
  },
  {
    request: "restaurants have a name; customers can rate restaurants",
    spans: ["customers can rate restaurants"],
    told: "",
  },
  {
    request: "a bank with accounts and transfers; transfer money between accounts",
    spans: ["transfer money between accounts"],
    told: "",
  },
  {
    request: "users(name, email:email:unique) with a login and a password reset",
    spans: ["a password reset"],
    told: "no other protection",
  },
  {
    request: "tasks(title, status:enum{open,done}=closed)",
    spans: ["status:enum{open,done}=closed"],
    told: "allowed values",
  },
  {
    request: "orders(total:decimal>=0, customer:references:custmers) customers(name)",
    spans: ["custmers"],
    told: 'Did you mean "customers"?',
  },
  {
    request: "products(name:string, price:money)",
    spans: ["money"],
    told: "neither a type nor a modifier",
  },
  {
    request: "products have a name and a uniqe sku",
    spans: ["uniqe"],
    told: 'Did you mean "unique"?',
  },
  {
    request: "employees(name, manager:references:employees)",
    spans: ["manager:references:employees"],
    told: "could never be created",
  },
  {
    request: "users have a name, tasks and projects",
    spans: ["tasks", "projects"],
    told: "can be read as",
  },
  {
    request: "users have a name; tasks have a title and a user",
    spans: ["a user"],
    told: "can be read as a text, as a reference",
  },
  {
    request: "orders have many products with a quantity and a price",
    spans: ["a price"],
    told: "can be read as a column of products, or of the relation",
  },
  {
    request: "students have many courses with a grade, and a comment",
    spans: ["a comment"],
    told: "can be read as part of the relation",
  },
  {
    request: "an API like Airbnb with listings",
    spans: ["like Airbnb with listings"],
    told: "Another product",
  },
  {
    request: "posts have a title and fuzzy search",
    spans: ["fuzzy search"],
    told: "a search for words",
  },
  {
    request: "a GraphQL API with users and posts",
    spans: ["GraphQL"],
    told: "REST",
  },
  {
    request: "a todo app with tasks stored in MongoDB",
    spans: ["stored in MongoDB"],
    told: "Postgres",
  },
  {
    request: "invoices have a number and a total; generate a PDF for each invoice",
    spans: ["generate a PDF for each invoice"],
    told: "Imports, exports",
  },
  {
    request: "a vet with animals; every night, archive old records",
    spans: ["every night, archive old records"],
    told: "",
  },
  {
    request: "vehicles have a plate that matches a pattern",
    spans: ["that matches a pattern"],
    told: "",
  },
  {
    request: "a scalable blog API with posts",
    spans: ["scalable"],
    told: "quality",
  },
  {
    request: "GET /api/users/count that returns the number of users",
    spans: ["GET /api/users/count that returns the number of users"],
    told: "",
  },
  {
    request: "events(title, place:geo) tickets(event:references:events, seat)",
    spans: ["geo"],
    told: "neither a type nor a modifier",
  },
];
