// Requests in words, as people of many trades write them: each is understood whole.

export interface CorpusRequest {
  domain: string;
  request: string;
}

export const ENGLISH: readonly CorpusRequest[] = [
  {
    domain: "glossary",
    request:
      "a glossary with terms that have a name (unique) and a definition text; each term belongs to a chapter; chapters have a title; terms and chapters have an absolute url",
  },
  {
    domain: "polls",
    request:
      "an API for polls that have a question and choices that have a label and a count; choices belong to a poll; with CORS for https://vote.example.org and http://localhost:5173",
  },
  {
    domain: "shopping list",
    request:
      "a shopping list with stores that have a name and items that have a label and a done flag; items belong to a store; delete all items at once",
  },
  {
    domain: "newsroom",
    request:
      "a newsroom with editors that have a name and a unique email, and stories that have a headline and a body; stories belong to an editor and an optional editor as proofreader; everything is soft-deleted",
  },
  {
    domain: "recipe collection",
    request:
      "a recipe collection with recipes that have a title, instructions and a difficulty (easy or hard), and authors that have a name; recipes belong to an author; recipes are searchable by title and instructions",
  },
  {
    domain: "help desk",
    request:
      "a help desk with tickets (subject, body text, open boolean) and articles (title, body text), and search for articles",
  },
  {
    domain: "shop",
    request:
      "a shop with products that have a sku (unique), a name and a price; each product belongs to a supplier; orders have many products and a status (pending, paid or shipped)",
  },
  {
    domain: "webshop with baskets",
    request:
      "A webshop API. Customers have a name, a unique email and an optional phone number. Carts belong to a customer. Carts have many products with a quantity. Products have a name, a price and a stock of at least 0.",
  },
  {
    domain: "clinic",
    request:
      "a clinic with patients, doctors and appointments; patients have a name, a birth date and a phone number; doctors have a name and a specialty; each appointment belongs to a patient and a doctor and has a start time and a status (booked, done or cancelled)",
  },
  {
    domain: "dentist",
    request:
      "Build a backend for a dental practice. Patients have a name, an email and a birthday. Treatments have a code (unique), a description and a cost. A visit belongs to a patient and has a date and optional notes.",
  },
  {
    domain: "library",
    request:
      "Create a REST API for a library. Books have a title, a unique ISBN and a year. Each book belongs to an author. Members have a name and a unique email. Loans belong to a book and a member and have a due date and an optional return date.",
  },
  {
    domain: "hotel",
    request:
      "a hotel booking system where guests have a name and an email, rooms have a unique number, a capacity and a price per night, and bookings belong to a guest and a room and have an arrival date and a departure date",
  },
  {
    domain: "CRM",
    request:
      "a CRM with companies, contacts and deals; contacts belong to companies; deals have a title, an amount and a stage that is one of lead, qualified, won or lost; each deal belongs to a company",
  },
  {
    domain: "forum",
    request:
      "a forum API with users, topics, threads and messages; a thread belongs to a topic and a user; a message belongs to a thread and a user and has a body",
  },
  {
    domain: "inventory",
    request:
      "an inventory service. Warehouses have a name and an address. Items have a unique sku, a name and a quantity. Each item belongs to a warehouse and optionally belongs to a supplier.",
  },
  {
    domain: "school",
    request:
      "a school with students, teachers and courses; students have many courses with a grade; each course belongs to a teacher",
  },
  {
    domain: "fleet",
    request:
      "a fleet with vehicles that have a plate (unique), a make, a model and a mileage; drivers have a name and a license number; trips belong to a vehicle and a driver and have a start time, an end time and a distance",
  },
  {
    domain: "restaurant",
    request:
      "a restaurant backend with dishes, tables and reservations. Dishes have a name, a price and a category (starter, main or dessert). Tables have a number and seats. Reservations belong to a table and have a guest name, a party size between 1 and 20 and a start time.",
  },
  {
    domain: "gym",
    request:
      "I need an API for a gym. Members have a first name, a last name and a unique email. Classes have a name, a capacity and a start time. Members have many classes. each class belongs to a trainer. Trainers have a name.",
  },
  {
    domain: "real estate",
    request:
      "a property API with listings that have a title, a description, a price and a status that defaults to draft; each listing belongs to an agent; agents have a name, a phone and an email",
  },
  {
    domain: "human resources",
    request:
      "an HR system with departments and employees; employees have a name, a unique email, a salary and a hire date; each employee belongs to a department and may belong to another employee as manager",
  },
  {
    domain: "invoicing",
    request:
      "an invoicing app: clients have a name and an email; invoices have a unique number, a due date, a total and a status (draft, sent or paid) default draft; each invoice belongs to a client; invoices have many lines; lines have a description, a quantity and a unit price",
  },
  {
    domain: "help desk",
    request:
      "a helpdesk API with tickets and comments. Tickets have a subject, a body, a priority (low, normal or high) and a status (open, pending or closed). Comments belong to tickets and have a body.",
  },
  {
    domain: "events",
    request:
      "an events API with venues and events; events have a title, a start time, an optional end time and a ticket price of at least 0; every event belongs to a venue",
  },
  {
    domain: "podcasts",
    request:
      "podcasts have a title, a description and a website; episodes have a title, a duration in seconds and a publication date; each episode belongs to a podcast",
  },
  {
    domain: "recipes",
    request:
      "a recipe API: recipes have a title, instructions and a number of servings; recipes have many ingredients with an amount and a unit; ingredients have a unique name",
  },
  {
    domain: "blog",
    request:
      "a blog with posts that have a title, a body and an optional publication date and comments that have a body and belong to posts; posts have many tags and tags have many posts",
  },
  {
    domain: "project management",
    request:
      "a project tracker with projects, tasks and users; tasks have a title, an optional description, a priority between 1 and 5 and a due date; each task belongs to a project and an optional user as assignee",
  },
  {
    domain: "bug tracker",
    request:
      "bugs have a title, a severity (minor, major or critical), a boolean fixed and an optional version; each bug belongs to a component; components have a name",
  },
  {
    domain: "time tracking",
    request:
      "a time tracking API where users have a name and a unique email, projects have a name and an hourly rate, and time entries belong to a user and a project and have a date, minutes and an optional note",
  },
  {
    domain: "museum",
    request:
      "a museum backend. Artists have a name, a birth year and an optional death year. Artworks have a title, a year, a technique and an image url. Each artwork belongs to an artist and optionally to a room.",
  },
  {
    domain: "animal shelter",
    request:
      "an animal shelter with animals that have a name, a species, an age and a boolean adopted; adoptions belong to an animal and an adopter and have a date; adopters have a name, an email and a phone",
  },
  {
    domain: "sports league",
    request:
      "a sports league with teams, players and matches; teams have a unique name and a city; players have a name and a shirt number between 1 and 99 and belong to a team; matches have a date and belong to a team as home and a team as away",
  },
  {
    domain: "job board",
    request:
      "a job board API with companies, vacancies and applications. Vacancies have a title, a description, a salary and a boolean remote and belong to a company. Applications have a name, an email and a cover letter and belong to a vacancy.",
  },
  {
    domain: "travel",
    request:
      "trips have a title, a start date and an end date; stops belong to trips and have a name, a position and an arrival date; expenses belong to trips and have a description, an amount and a currency (EUR, USD or GBP)",
  },
  {
    domain: "parking",
    request:
      "a parking service: garages have a name, an address and a capacity; spots have a number and a floor and belong to a garage; tickets belong to a spot and have a plate, an entry time and an optional exit time",
  },
  {
    domain: "surveys",
    request:
      "a survey API with surveys, questions and answers; surveys have a title and a boolean published; questions have a text and a position and belong to a survey; answers have a value and belong to a question",
  },
  {
    domain: "profiles",
    request:
      "users have a unique email and a display name; each user has one profile; profiles have a bio, a website and a birthday; settings have a language (en, de or fr) default en and a boolean dark mode; each user has one setting",
  },
  {
    domain: "music",
    request:
      "a music catalogue with artists, albums and tracks; albums have a title and a release date and belong to an artist; tracks have a title, a position and a length in seconds and belong to an album; playlists have a name; playlists and tracks are many-to-many",
  },
  {
    domain: "comment tree",
    request:
      "categories have a unique name; each category optionally belongs to a parent category; articles have a title and a body; each article belongs to a category",
  },
  {
    domain: "status page",
    request:
      'an API with services and incidents and GET /api/version that returns {"version": 1}; services have a name and a url; incidents have a title, a start time and an optional end time and belong to a service',
  },
  {
    domain: "journal",
    request:
      "a journal API where users can sign up and log in; entries have a title, a body and a date; each entry belongs to a user; moods have a unique name; entries and moods are many-to-many",
  },
];
