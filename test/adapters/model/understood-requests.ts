// Requests that the offline model understands, with the tables (and the project's name) they lead to.

export interface Understood {
  request: string;
  name: string;
  tables: string[];
  /** `path body` of constant endpoints. */
  constants?: string[];
}

const USERS = "users(name:string, email:email:unique)";
const TASKS = "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users)";

export const UNDERSTOOD: Understood[] = [
  // exact field syntax
  {
    request: "users(name, email:string:unique) tasks(title:string{200}, done:boolean=false, owner:references:users)",
    name: "users-tasks-api",
    tables: ["users(name:string, email:string:unique)", "tasks(title:string, done:boolean=false, owner_id->users)"],
  },
  {
    request:
      "tasks(priority:enum{low,high}, due_at:timestamp?, price:decimal>=0, tags:string[], manager:references:users?) users(name)",
    name: "tasks-users-api",
    tables: [
      "users(name:string)",
      "tasks(priority:enum{low,high}, due_at:timestamp?, price:decimal>=0, tags:string[], manager_id->users?)",
    ],
  },
  {
    request: "books(title:string{1,120}:unique, isbn:string{17}?)",
    name: "books-api",
    tables: ["books(title:string{1,120}:unique, isbn:string{17}?)"],
  },
  {
    request: "items(a:int=3>=1<=5, b:bigint, c:decimal=0.5, d:integer)",
    name: "items-api",
    tables: ["items(a:integer>=1<=5=3, b:bigint, c:decimal=0.5, d:integer)"],
  },
  {
    request: "items(a:decimal>0, b:integer<10, c:integer between 1 and 5)",
    name: "items-api",
    tables: ["items(a:decimal>=0.01, b:integer<=9, c:integer>=1<=5)"],
  },
  {
    request: 'plans(kind:string="free trial", since:date=2026-01-31, seen:timestamp=now)',
    name: "plans-api",
    tables: ["plans(kind:string=free trial, since:date=2026-01-31, seen:timestamp=now)"],
  },
  {
    request: "pages(site:url, owner:email, data:json?, body:text, on:date)",
    name: "pages-api",
    tables: ["pages(site:url, owner:email, data:json?, body:text, on:date)"],
  },
  {
    request: 'jobs(state:enum{open,in-progress,"all done"}=open)',
    name: "jobs-api",
    tables: ["jobs(state:enum{open,in-progress,all done}=open)"],
  },
  {
    request: "categories(name:unique, parent:references:categories?)",
    name: "categories-api",
    tables: ["categories(name:string:unique, parent_id->categories?)"],
  },
  {
    request: "profiles(user:references:users:unique) users(name)",
    name: "profiles-users-api",
    tables: ["users(name:string)", "profiles(user_id->users:unique)"],
  },
  { request: "person(name)", name: "people-api", tables: ["people(name:string)"] },
  { request: "users(id, name, created_at, updated_at)", name: "users-api", tables: ["users(name:string)"] },
  {
    request: "order(user:string, select:string, group:integer)",
    name: "orders-api",
    tables: ["orders(user:string, select:string, group:integer)"],
  },
  {
    request: "things(price, stock, done, is_open, seen_at, due_date, website, bio, tags, metadata, zorgle)",
    name: "things-api",
    tables: [
      "things(price:decimal>=0, stock:integer>=0, done:boolean=false, is_open:boolean=false, seen_at:timestamp?, due_date:date?, website:url, bio:text?, tags:string[], metadata:json, zorgle:string)",
    ],
  },
  {
    request: "things(flag=true, level=3, share=0.25)",
    name: "things-api",
    tables: ["things(flag:boolean=true, level:integer=3, share:decimal=0.25)"],
  },
  {
    request: "payments(amount:decimal>=0, paid_at:timestamp?)",
    name: "payments-api",
    tables: ["payments(amount:decimal>=0, paid_at:timestamp?)"],
  },
  { request: "Users(Name, SKU)", name: "users-api", tables: ["users(name:string, sku:string)"] },
  // mixed
  {
    request: "a todo API with users(name, email:string:unique) and tasks(title, owner:references:users)",
    name: "todo-api",
    tables: ["users(name:string, email:string:unique)", "tasks(title:string, owner_id->users)"],
  },
  {
    request: "a todo API with users (name, email unique) and tasks (title, done boolean, belongs to user)",
    name: "todo-api",
    tables: ["users(name:string, email:email:unique)", "tasks(title:string, done:boolean=false, user_id->users)"],
  },
  {
    request: "users (first name, phone number optional and age integer)",
    name: "users-api",
    tables: ["users(first_name:string, phone_number:string{50}?, age:integer)"],
  },
  {
    request: "a fleet with vehicles (plate unique, built integer between 1950 and 2100)",
    name: "fleet",
    tables: ["vehicles(plate:string:unique, built:integer>=1950<=2100)"],
  },
  {
    request: "tasks (title) that belong to users, users (name)",
    name: "tasks-users-api",
    tables: ["users(name:string)", "tasks(title:string, user_id->users)"],
  },
  // English
  { request: "a todo API with users and tasks", name: "todo-api", tables: [USERS, TASKS] },
  { request: "A Todo API with users and tasks.", name: "todo-api", tables: [USERS, TASKS] },
  { request: "please create a simple todo API with users and tasks", name: "todo-api", tables: [USERS, TASKS] },
  { request: "I need a to-do app for users and tasks, please", name: "to-do-app", tables: [USERS, TASKS] },
  { request: "users and tasks", name: "users-tasks-api", tables: [USERS, TASKS] },
  { request: "a todo API", name: "todo-api", tables: [USERS, TASKS] },
  {
    request: "products have a sku and a price; each product belongs to a supplier",
    name: "products-suppliers-api",
    tables: [
      "suppliers(name:string, email:email?, phone:string{50}?)",
      "products(sku:string, price:decimal>=0, supplier_id->suppliers)",
    ],
  },
  {
    request: "users have a name, a unique email and an optional age",
    name: "users-api",
    tables: ["users(name:string, email:email:unique, age:integer?>=0)"],
  },
  {
    request: "posts have a title and a body; posts have many comments",
    name: "posts-comments-api",
    tables: ["posts(title:string, body:text)", "comments(body:text, post_id->posts)"],
  },
  {
    request: "orders have a status (pending, paid or shipped)",
    name: "orders-api",
    tables: ["orders(status:enum{pending,paid,shipped})"],
  },
  {
    request: "orders have a status (new, in progress or done) default new",
    name: "orders-api",
    tables: ["orders(status:enum{new,in_progress,done}=new)"],
  },
  {
    request: "an API with GET /api/ping that returns pong",
    name: "ping-api",
    tables: [],
    constants: ['/api/ping {"message":"pong"}'],
  },
  {
    request: 'an API with GET /api/ping that returns {"pong": true}',
    name: "ping-api",
    tables: [],
    constants: ['/api/ping {"pong":true}'],
  },
  {
    request:
      'GET /api/version returns "1.2", GET /api/v1/numbers returns [1, 2] and GET /api/max that returns 10; no database',
    name: "version-api",
    tables: [],
    constants: ['/api/version {"message":"1.2"}', "/api/v1/numbers [1,2]", "/api/max 10"],
  },
  {
    request: "an API with users and GET /api/ping that returns pong",
    name: "users-api",
    tables: [USERS],
    constants: ['/api/ping {"message":"pong"}'],
  },
  { request: "a status API with a health check and no database", name: "status-api", tables: [] },
  {
    request:
      "a shop with products that have a sku (unique), a name and a price; each product belongs to a supplier; suppliers have a name",
    name: "shop",
    tables: [
      "suppliers(name:string)",
      "products(sku:string:unique, name:string, price:decimal>=0, supplier_id->suppliers)",
    ],
  },
  {
    request: "a blog with posts that have a title and a body and comments that have a body and belong to posts",
    name: "blog",
    tables: ["posts(title:string, body:text)", "comments(body:text, post_id->posts)"],
  },
  {
    request: "users and teams have a name; each user optionally belongs to a team",
    name: "users-teams-api",
    tables: ["teams(name:string)", "users(name:string, team_id->teams?)"],
  },
  {
    request: "tasks have a title, an integer priority between 1 and 5 and a boolean archived",
    name: "tasks-api",
    tables: ["tasks(title:string, priority:integer>=1<=5, archived:boolean=false)"],
  },
  {
    request: "order items belong to orders and products. Orders have a total. Products have a name.",
    name: "order-items-orders-api",
    tables: [
      "orders(total:decimal>=0)",
      "products(name:string)",
      "order_items(quantity:integer>=1=1, unit_price:decimal>=0, order_id->orders, product_id->products)",
    ],
  },
  {
    request: "a hotel booking API called rooms-now with rooms and guests",
    name: "rooms-now",
    tables: ["rooms(name:string, capacity:integer?>=0)", "guests(name:string)"],
  },
  {
    request: "a backend to manage addresses, people and statuses",
    name: "addresses-people-api",
    tables: ["addresses(name:string)", "people(name:string, email:email?)", "statuses(name:string)"],
  },
  {
    request: "tasks belong to a user as owner and an optional user as reviewer; users have a name",
    name: "tasks-users-api",
    tables: [
      "users(name:string)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, owner_id->users, reviewer_id->users?)",
    ],
  },
  { request: "a zorgle API with frobnicators", name: "zorgle-api", tables: ["frobnicators(name:string)"] },
  {
    request: "events have a start date, an end date (optional) and a name that is unique",
    name: "events-api",
    tables: ["events(start_date:date, end_date:date?, name:string:unique)"],
  },
  {
    request: "users have a name\ntasks have a title\ntasks belong to users",
    name: "users-tasks-api",
    tables: ["users(name:string)", "tasks(title:string, user_id->users)"],
  },
  // sentences that follow a list
  {
    request: "a blog with users, posts and comments, comments have a body",
    name: "blog",
    tables: [USERS, "posts(title:string, body:text, published_at:timestamp?, user_id->users)", "comments(body:text)"],
  },
  {
    request: "a blog with posts and comments, where each comment belongs to a post",
    name: "blog",
    tables: ["posts(title:string, body:text, published_at:timestamp?)", "comments(body:text, post_id->posts)"],
  },
  {
    request: "users, posts and comments have a body",
    name: "users-posts-api",
    tables: ["users(body:text)", "posts(body:text)", "comments(body:text)"],
  },
  {
    request: "a user has many tasks and a task has many comments",
    name: "users-tasks-api",
    tables: [
      USERS,
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users)",
      "comments(body:text, task_id->tasks)",
    ],
  },
  {
    request: "Create a REST API for a library. Books have a title and an ISBN. Each book belongs to an author.",
    name: "library-api",
    tables: ["authors(name:string, bio:text?)", "books(title:string, isbn:string, author_id->authors)"],
  },
  // relations with a table between, and one to one
  {
    request: "orders have many products with a quantity; products have a name and a price; orders have a note",
    name: "orders-products-api",
    tables: [
      "orders(note:string)",
      "products(name:string, price:decimal>=0)",
      "order_items(order_id->orders, product_id->products, quantity:integer>=0)",
    ],
  },
  {
    request:
      "clubs and pupils have a name; clubs have many pupils; pupils have many clubs (joined_on date, role string)",
    name: "clubs-pupils-api",
    tables: [
      "clubs(name:string)",
      "pupils(name:string)",
      "club_pupils(club_id->clubs, pupil_id->pupils, joined_on:date, role:string)",
    ],
  },
  {
    request: "users have many teams through seats with a role (member or owner); teams have a name; users have a name",
    name: "users-teams-api",
    tables: [
      "users(name:string)",
      "teams(name:string)",
      "seats(user_id->users, team_id->teams, role:enum{member,owner})",
    ],
  },
  {
    request: "articles(title) keywords(word:unique) articles and keywords are many-to-many",
    name: "articles-keywords-api",
    tables: [
      "articles(title:string)",
      "keywords(word:string:unique)",
      "article_keywords(article_id->articles, keyword_id->keywords)",
    ],
  },
  {
    request: "orders have many products; each product belongs to an order",
    name: "orders-products-api",
    tables: [
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0)",
      "products(name:string, description:text?, price:decimal>=0, sku:string{64}:unique, order_id->orders)",
    ],
  },
  {
    request: "users have a name; each user has exactly one profile",
    name: "users-profiles-api",
    tables: ["users(name:string)", "profiles(bio:text?, website:url?, avatar_url:url?, user_id->users:unique)"],
  },
  {
    request: "posts have many comments with a body and an author name; posts have a title",
    name: "posts-comments-api",
    tables: ["posts(title:string)", "comments(body:text, author_name:string, post_id->posts)"],
  },
  // phrases
  {
    request: "an API for clinics and their doctors",
    name: "clinics-doctors-api",
    tables: ["clinics(name:string)", "doctors(name:string, specialty:string?, clinic_id->clinics)"],
  },
  {
    request:
      "films have a title of at most 80 characters, a code of exactly 4 characters, a rating from 1 to 5 and a length in minutes of more than 0",
    name: "films-api",
    tables: ["films(title:string{80}, code:string{4,4}, rating:integer>=1<=5, length_in_minutes:integer>=1)"],
  },
  {
    request: "tickets have a state that can be open, in progress or done and a kind with a default of bug",
    name: "tickets-api",
    tables: ["tickets(state:enum{open,in_progress,done}, kind:string=bug)"],
  },
  {
    request: "matches belong to a home team and an away team and have a date; teams have a name",
    name: "matches-teams-api",
    tables: ["teams(name:string)", "matches(home_id->teams, away_id->teams, date:date)"],
  },
  // verbs, and other ways to say it
  {
    request: "orders are placed by customers; tasks can be assigned to a user; employees work in departments",
    name: "orders-tasks-api",
    tables: [
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0, customer_id->customers)",
      "users(name:string, email:email:unique)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users?)",
      "departments(name:string:unique)",
      "employees(name:string, email:email:unique, position:string?, department_id->departments)",
    ],
  },
  {
    request: "authors write posts and comments; comments have a body; readers leave reviews on posts",
    name: "authors-posts-api",
    tables: [
      "authors(name:string, bio:text?)",
      "posts(title:string, body:text, published_at:timestamp?, author_id->authors)",
      "comments(body:text, author_id->authors)",
      "readers(name:string)",
      "reviews(rating:integer>=1<=5, body:text?, post_id->posts, reader_id->readers)",
    ],
  },
  {
    request: "students enroll in courses with a grade from 0 to 100; users follow other users; guests book rooms",
    name: "students-courses-api",
    tables: [
      "students(name:string, email:email:unique)",
      "courses(title:string, description:text?)",
      "enrollments(student_id->students, course_id->courses, grade:decimal>=0<=100)",
      "users(name:string, email:email:unique)",
      "follows(user_id->users, other_user_id->users)",
      "guests(name:string)",
      "rooms(name:string, capacity:integer?>=0)",
      "bookings(starts_at:timestamp, ends_at:timestamp, status:enum{pending,confirmed,cancelled}=pending, guest_id->guests, room_id->rooms)",
    ],
  },
  {
    request: "users lead teams; playlists contain songs",
    name: "users-teams-api",
    tables: [
      "users(name:string, email:email:unique)",
      "teams(name:string:unique, user_id->users)",
      "playlists(name:string)",
      "songs(name:string)",
      "playlist_entries(playlist_id->playlists, song_id->songs)",
    ],
  },
  {
    request: "categories can be nested; each task may have subtasks",
    name: "categories-tasks-api",
    tables: [
      "categories(name:string:unique, description:text?, parent_id->categories?)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, parent_id->tasks?)",
    ],
  },
  {
    request: "users must have a due date and may have a phone number; products have a name and optionally a note",
    name: "users-products-api",
    tables: ["users(due_date:date, phone_number:string{50}?)", "products(name:string, note:string?)"],
  },
  {
    request:
      "tasks have a status of open, in progress or done, a state: open or shut, a color, which is red or blue, and a phase that is early by default",
    name: "tasks-api",
    tables: [
      "tasks(status:enum{open,in_progress,done}, state:enum{open,shut}, color:enum{red,blue}, phase:string=early)",
    ],
  },
  {
    request:
      "tasks have a size (low or high, default low), a rating (1 to 5), a title (at most 80 characters), an age over 18 and a positive price",
    name: "tasks-api",
    tables: [
      "tasks(size:enum{low,high}=low, rating:integer>=1<=5, title:string{80}, age:integer>=19, price:decimal>=0.01)",
    ],
  },
  {
    request: "products have a level of low or high, a stock that is never negative and a positive attitude",
    name: "products-api",
    tables: ["products(level:enum{low,high}, stock:integer>=0, positive_attitude:string)"],
  },
  {
    request: "hotels have rooms; rooms have a number",
    name: "hotels-rooms-api",
    tables: ["hotels(name:string)", "rooms(number:string, hotel_id->hotels)"],
  },
  {
    request: "hotels with rooms; rooms have a number",
    name: "hotels-rooms-api",
    tables: ["hotels(name:string)", "rooms(number:string, hotel_id->hotels)"],
  },
  {
    request: "There are employees. employees have a name and a manager who is an employee",
    name: "employees-api",
    tables: ["employees(name:string, manager_id->employees?)"],
  },
  {
    request: "The system should store expenses with an e-mail and an e-mail address",
    name: "expenses-api",
    tables: ["expenses(email:email, email_address:email)"],
  },
  {
    request: "simple CRUD for products",
    name: "products-api",
    tables: ["products(name:string, description:text?, price:decimal>=0, sku:string{64}:unique)"],
  },
  {
    request: "companies post jobs; candidates apply for jobs; members sign up for classes",
    name: "companies-jobs-api",
    tables: [
      "companies(name:string, website:url?)",
      "jobs(name:string, company_id->companies)",
      "candidates(name:string)",
      "applications(candidate_id->candidates, job_id->jobs)",
      "members(name:string, email:email:unique)",
      "classes(name:string)",
      "attendances(member_id->members, class_id->classes)",
    ],
  },
  {
    request: "patients make appointments with doctors",
    name: "patients-appointments-api",
    tables: [
      "patients(name:string, birth_date:date?, phone:string{50}?)",
      "doctors(name:string, specialty:string?)",
      "appointments(starts_at:timestamp, ends_at:timestamp, notes:text?, doctor_id->doctors, patient_id->patients)",
    ],
  },
  {
    request: "Users: name, email. Items have: name, price",
    name: "users-items-api",
    tables: ["users(name:string, email:email)", "items(name:string, price:decimal>=0)"],
  },
  {
    request: "users can have multiple addresses; an address has a street",
    name: "users-addresses-api",
    tables: ["users(name:string, email:email:unique)", "addresses(street:string, user_id->users)"],
  },
  {
    request: "posts can be published or not; each post is in a category; tasks are urgent or not",
    name: "posts-tasks-api",
    tables: [
      "tasks(urgent:boolean=false)",
      "categories(name:string:unique, description:text?)",
      "posts(published:boolean=false, category_id->categories)",
    ],
  },
  {
    request: "I want to track books and their authors",
    name: "books-authors-api",
    tables: [
      "books(title:string, isbn:string{17}?, published_on:date?)",
      "authors(name:string, bio:text?)",
      "authorships(book_id->books, author_id->authors)",
    ],
  },
  {
    request: "customers rent cars; cars have a model",
    name: "customers-cars-api",
    tables: [
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "cars(model:string)",
      "rentals(starts_at:timestamp, ends_at:timestamp, customer_id->customers, car_id->cars)",
    ],
  },
  {
    request: "a team consists of players; orders consist of order items",
    name: "teams-players-api",
    tables: [
      "teams(name:string:unique)",
      "players(name:string, team_id->teams)",
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0)",
      "order_items(quantity:integer>=1=1, unit_price:decimal>=0, order_id->orders)",
    ],
  },
  {
    request: "users have a name which is required and unique; Events: title, location (optional)",
    name: "users-events-api",
    tables: ["users(name:string:unique)", "events(title:string, location:string?)"],
  },
  {
    request: "users write posts and follow topics",
    name: "users-posts-api",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?, user_id->users)",
      "topics(title:string, description:text?)",
      "follows(user_id->users, topic_id->topics)",
    ],
  },
  {
    request: "employees belong to a department and lead teams",
    name: "employees-teams-api",
    tables: [
      "departments(name:string:unique)",
      "employees(name:string, email:email:unique, position:string?, department_id->departments)",
      "teams(name:string:unique, employee_id->employees)",
    ],
  },
  {
    request: "users like posts. users like comments",
    name: "users-posts-api",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?)",
      "likes(user_id->users, post_id->posts)",
      "comments(body:text, post_id->posts)",
      "comment_likes(user_id->users, comment_id->comments)",
    ],
  },
  {
    request: "users book flights; customers book rooms",
    name: "users-flights-api",
    tables: [
      "users(name:string, email:email:unique)",
      "flights(name:string)",
      "bookings(starts_at:timestamp, ends_at:timestamp, status:enum{pending,confirmed,cancelled}=pending, user_id->users, flight_id->flights)",
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "rooms(name:string, capacity:integer?>=0)",
      "room_bookings(starts_at:timestamp, ends_at:timestamp, status:enum{pending,confirmed,cancelled}=pending, customer_id->customers, room_id->rooms)",
    ],
  },
  {
    request: "Tasks: title, done (boolean), priority (low, medium, high)",
    name: "tasks-api",
    tables: ["tasks(title:string, done:boolean=false, priority:enum{low,medium,high})"],
  },
  {
    request: "users write posts. posts are written by users",
    name: "users-posts-api",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "users (name) and their posts (title)",
    name: "users-posts-api",
    tables: ["users(name:string)", "posts(title:string, user_id->users)"],
  },
  {
    request: "students enroll in courses through registrations with a date",
    name: "students-courses-api",
    tables: [
      "students(name:string, email:email:unique)",
      "courses(title:string, description:text?)",
      "registrations(student_id->students, course_id->courses, date:date)",
    ],
  },
  {
    request: "users have a first and last name and a phone; events have a start and end date",
    name: "users-events-api",
    tables: ["users(first_name:string, last_name:string, phone:string{50})", "events(start_date:date, end_date:date?)"],
  },
  {
    request: "tasks have a size (one of small, medium, large) and a kind (either big or tiny)",
    name: "tasks-api",
    tables: ["tasks(size:enum{small,medium,large}, kind:enum{big,tiny})"],
  },
  {
    request: "orders and their customers",
    name: "orders-customers-api",
    tables: [
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0, customer_id->customers)",
    ],
  },
  {
    request: "folders have a done flag and a minimum age",
    name: "folders-api",
    tables: ["folders(done_flag:boolean=false, minimum_age:integer>=0)"],
  },
  {
    request: "- users: name, email",
    name: "users-api",
    tables: ["users(name:string, email:email)"],
  },
  {
    request: "I need users and posts",
    name: "users-posts-api",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "Tables: users, tasks",
    name: "users-tasks-api",
    tables: [
      "users(name:string, email:email:unique)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "User: name, email",
    name: "users-api",
    tables: ["users(name:string, email:email)"],
  },
  {
    request: "users have the following fields: name, email",
    name: "users-api",
    tables: ["users(name:string, email:email)"],
  },
  {
    request: "tasks have a status (open, closed), default open",
    name: "tasks-api",
    tables: ["tasks(status:enum{open,closed}=open)"],
  },
  {
    request: "people have an age of at least 18 and at most 65 and a score that must be at least 5",
    name: "people-api",
    tables: ["people(age:integer>=18<=65, score:integer>=5)"],
  },
  {
    request: "users optionally have a nickname",
    name: "users-api",
    tables: ["users(nickname:string?)"],
  },
  {
    request: "users comment on posts",
    name: "users-posts-api",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?)",
      "comments(body:text, user_id->users, post_id->posts)",
    ],
  },
  {
    request: "I want to track my expenses",
    name: "expenses-api",
    tables: ["expenses(name:string)"],
  },
  {
    request: "users and members borrow books with a due date",
    name: "users-members-api",
    tables: [
      "users(name:string, email:email:unique)",
      "members(name:string, email:email:unique)",
      "books(title:string, isbn:string{17}?, published_on:date?)",
      "loans(user_id->users, book_id->books, due_date:date?)",
      "book_loans(member_id->members, book_id->books, due_date:date?)",
    ],
  },
  {
    request: "a blog where posts have comments",
    name: "blog",
    tables: ["posts(title:string, body:text, published_at:timestamp?)", "comments(body:text, post_id->posts)"],
  },
  {
    request: "a blog with posts written by users, tags and comments on posts",
    name: "blog",
    tables: [
      "tags(name:string{50}:unique)",
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?, user_id->users)",
      "comments(body:text, post_id->posts)",
    ],
  },
  {
    request: "a blog with posts written by users and comments",
    name: "blog",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?, user_id->users)",
      "comments(body:text, post_id->posts, user_id->users)",
    ],
  },
  {
    request: "a shop with products and reviews for products",
    name: "shop",
    tables: [
      "products(name:string, description:text?, price:decimal>=0, sku:string{64}:unique)",
      "reviews(rating:integer>=1<=5, body:text?, product_id->products)",
    ],
  },
  {
    request: "tasks have many projects",
    name: "tasks-projects-api",
    tables: [
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?)",
      "projects(name:string, description:text?, task_id->tasks)",
    ],
  },
  {
    request: "a crm with companies that have contacts",
    name: "crm",
    tables: [
      "companies(name:string, website:url?)",
      "contacts(name:string, email:email?, phone:string{50}?, company_id->companies)",
    ],
  },
  {
    request: "users have posts and each post has comments",
    name: "users-posts-api",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?, user_id->users)",
      "comments(body:text, post_id->posts)",
    ],
  },
  {
    request: "a shop with customers that have orders",
    name: "shop",
    tables: [
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0, customer_id->customers)",
    ],
  },
  {
    request: "reviews have a rating (1-5) and a body (max 500 characters)",
    name: "reviews-api",
    tables: ["reviews(rating:integer>=1<=5, body:string{500})"],
  },
  {
    request: "reviews have a score (0 – 100), a title of max 80 characters and a code (min 3 characters)",
    name: "reviews-api",
    tables: ["reviews(score:integer>=0<=100, title:string{80}, code:string{3,200})"],
  },
  {
    request: "users have an age with a minimum of 18 and a username of minimum 3 characters",
    name: "users-api",
    tables: ["users(age:integer>=18, username:string{3,200})"],
  },
  {
    request: "Customers have a name. They have a phone and belong to a company.",
    name: "customers-companies-api",
    tables: ["companies(name:string, website:url?)", "customers(name:string, phone:string{50}, company_id->companies)"],
  },
  {
    request: "Students have a name, and they enroll in courses",
    name: "students-courses-api",
    tables: [
      "students(name:string)",
      "courses(title:string, description:text?)",
      "enrollments(student_id->students, course_id->courses)",
    ],
  },
  {
    request: "users have a name and an email. Emails must be unique.",
    name: "users-api",
    tables: ["users(name:string, email:email:unique)"],
  },
  {
    request: "users have a name; products have a name; the name of a product must be unique",
    name: "users-products-api",
    tables: ["users(name:string)", "products(name:string:unique)"],
  },
  {
    request: "comments belong to a blog post; blog posts have a title",
    name: "comments-blog-posts-api",
    tables: ["blog_posts(title:string)", "comments(body:text, blog_post_id->blog_posts)"],
  },
  {
    request: "exercises belong to a muscle group; muscle groups have a name",
    name: "exercises-muscle-groups-api",
    tables: ["muscle_groups(name:string)", "exercises(name:string, muscle_group_id->muscle_groups)"],
  },
  {
    request: "tasks belong to a single project; projects have a name",
    name: "tasks-projects-api",
    tables: [
      "projects(name:string)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, project_id->projects)",
    ],
  },
  {
    request: "tasks may belong to a user and a project",
    name: "tasks-users-api",
    tables: [
      "users(name:string, email:email:unique)",
      "projects(name:string, description:text?)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users?, project_id->projects?)",
    ],
  },
  {
    request: "tickets have a priority (low, medium or high, medium by default) and a status (open, closed, optional)",
    name: "tickets-api",
    tables: ["tickets(priority:enum{low,medium,high}=medium, status:enum{open,closed}?)"],
  },
  {
    request: "products have a flag (true or false); movies have a format (2D or 3D)",
    name: "products-movies-api",
    tables: ["products(flag:boolean=false)", "movies(format:enum{2D,3D})"],
  },
  {
    request: "books have one author; authors have many books",
    name: "books-authors-api",
    tables: [
      "authors(name:string, bio:text?)",
      "books(title:string, isbn:string{17}?, published_on:date?, author_id->authors)",
    ],
  },
  {
    request: "students bookmark courses; students enroll in courses",
    name: "students-courses-api",
    tables: [
      "students(name:string, email:email:unique)",
      "courses(title:string, description:text?)",
      "bookmarks(student_id->students, course_id->courses)",
      "enrollments(student_id->students, course_id->courses)",
    ],
  },
  {
    request: "authors like books; books have many authors; authors have many books",
    name: "authors-books-api",
    tables: [
      "authors(name:string, bio:text?)",
      "books(title:string, isbn:string{17}?, published_on:date?)",
      "likes(author_id->authors, book_id->books)",
      "authorships(book_id->books, author_id->authors)",
    ],
  },
  {
    request: "patients book appointments with doctors",
    name: "patients-appointments-api",
    tables: [
      "patients(name:string, birth_date:date?, phone:string{50}?)",
      "doctors(name:string, specialty:string?)",
      "appointments(starts_at:timestamp, ends_at:timestamp, notes:text?, doctor_id->doctors, patient_id->patients)",
    ],
  },
  {
    request: "bookings have a check-in date and a check-out date",
    name: "bookings-api",
    tables: ["bookings(check_in_date:date, check_out_date:date)"],
  },
  {
    request: "users have hobbies:string[]",
    name: "users-api",
    tables: ["users(hobbies:string[])"],
  },
  {
    request: "tasks belong to exactly one user",
    name: "tasks-users-api",
    tables: [
      "users(name:string, email:email:unique)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "users have a score ranging from 1 to 10",
    name: "users-api",
    tables: ["users(score:integer>=1<=10)"],
  },
  {
    request: "Table users: name, email. Table tasks: title, done.",
    name: "users-tasks-api",
    tables: ["users(name:string, email:email)", "tasks(title:string, done:boolean=false)"],
  },
  {
    request: "posts can have many tags; tags can have many posts",
    name: "posts-tags-api",
    tables: [
      "posts(title:string, body:text, published_at:timestamp?)",
      "tags(name:string{50}:unique)",
      "taggings(post_id->posts, tag_id->tags)",
    ],
  },
  {
    request: "every blog post has a title and belongs to a user",
    name: "blog-posts-users-api",
    tables: ["users(name:string, email:email:unique)", "blog_posts(title:string, user_id->users)"],
  },
  {
    request: "users have one or more addresses",
    name: "users-addresses-api",
    tables: ["users(name:string, email:email:unique)", "addresses(name:string, user_id->users)"],
  },
  {
    request: "a todo app with users and tasks without login",
    name: "todo-app",
    tables: [
      "users(name:string, email:email:unique)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "taxis have a plate; rides belong to a taxi",
    name: "taxis-rides-api",
    tables: ["taxis(plate:string)", "rides(name:string, taxi_id->taxis)"],
  },
  {
    request: "users have a bio of at most 500 characters",
    name: "users-api",
    tables: ["users(bio:string{500}?)"],
  },
  {
    request: "invoices and products are many-to-many with a quantity",
    name: "invoices-products-api",
    tables: [
      "invoices(number:string{50}:unique, total:decimal>=0, status:enum{draft,sent,paid}=draft, due_on:date?)",
      "products(name:string, description:text?, price:decimal>=0, sku:string{64}:unique)",
      "invoice_products(invoice_id->invoices, product_id->products, quantity:integer>=0)",
    ],
  },
  {
    request: "posts have many comments; photos have many comments; photos have a url",
    name: "posts-comments-api",
    tables: [
      "posts(title:string, body:text, published_at:timestamp?)",
      "photos(url:url)",
      "comments(body:text, post_id->posts, photo_id->photos)",
    ],
  },
  {
    request: "customers place orders for products",
    name: "customers-orders-api",
    tables: [
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0, customer_id->customers)",
      "products(name:string, description:text?, price:decimal>=0, sku:string{64}:unique)",
      "order_items(order_id->orders, product_id->products, quantity:integer>=1=1)",
    ],
  },
  {
    request: "statuses have a name; tickets belong to a status",
    name: "statuses-tickets-api",
    tables: ["statuses(name:string)", "tickets(title:string, description:text?, status_id->statuses)"],
  },
  {
    request: "folders can contain subfolders",
    name: "folders-api",
    tables: ["folders(name:string, parent_id->folders?)"],
  },
  {
    request: "users(name); tasks(title) belong to users",
    name: "users-tasks-api",
    tables: ["users(name:string)", "tasks(title:string, user_id->users)"],
  },
  {
    request: "items have a starting price and a name",
    name: "items-api",
    tables: ["items(starting_price:decimal>=0, name:string)"],
  },
  {
    request: "players have points; points have a value",
    name: "players-points-api",
    tables: ["players(name:string)", "points(value:string, player_id->players)"],
  },
  {
    request: "tenants rent apartments",
    name: "tenants-apartments-api",
    tables: [
      "tenants(name:string)",
      "apartments(name:string)",
      "rentals(starts_at:timestamp, ends_at:timestamp, tenant_id->tenants, apartment_id->apartments)",
    ],
  },
  {
    request: "clinic: patients, doctors, appointments",
    name: "clinic",
    tables: [
      "patients(name:string, birth_date:date?, phone:string{50}?)",
      "doctors(name:string, specialty:string?)",
      "appointments(starts_at:timestamp, ends_at:timestamp, notes:text?, patient_id->patients, doctor_id->doctors)",
    ],
  },
  {
    request: "We need to store customers and orders",
    name: "customers-orders-api",
    tables: [
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0, customer_id->customers)",
    ],
  },
  {
    request: "tickets have a status (open/closed)",
    name: "tickets-api",
    tables: ["tickets(status:enum{open,closed})"],
  },
  {
    request: "tasks have a status (open, done), open by default",
    name: "tasks-api",
    tables: ["tasks(status:enum{open,done}=open)"],
  },
  {
    request: "orders are assigned to a courier and created by a customer; couriers have a name",
    name: "orders-couriers-api",
    tables: [
      "couriers(name:string)",
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0, courier_id->couriers, customer_id->customers)",
    ],
  },
  {
    request: "users have a name no longer than 80 characters",
    name: "users-api",
    tables: ["users(name:string{80})"],
  },
  {
    request: "tasks belong to a user and optionally a project",
    name: "tasks-users-api",
    tables: [
      "users(name:string, email:email:unique)",
      "projects(name:string, description:text?)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users, project_id->projects?)",
    ],
  },
  {
    request: "users have a nickname that can be empty and a phone that is not required",
    name: "users-api",
    tables: ["users(nickname:string?, phone:string{50}?)"],
  },
  {
    request: "a blog with posts that have a title and an optional date and comments that have a body",
    name: "blog",
    tables: ["posts(title:string, date:date?)", "comments(body:text)"],
  },
  {
    request: "users have a first and last name and a home and a work address",
    name: "users-api",
    tables: ["users(first_name:string, last_name:string, home_address:string, work_address:string)"],
  },
  {
    request: "The app has users and tasks.",
    name: "users-tasks-api",
    tables: [
      "users(name:string, email:email:unique)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users)",
    ],
  },
  {
    request:
      "movies have a format (2D or 3D, default 2D) and a status (on hold, in review or done, on hold by default)",
    name: "movies-api",
    tables: ["movies(format:enum{2D,3D}=2D, status:enum{on_hold,in_review,done}=on_hold)"],
  },
  {
    request: "users have a size (S/M/L/XL) and an age (18 or older)",
    name: "users-api",
    tables: ["users(size:enum{S,M,L,XL}, age:integer>=18)"],
  },
  {
    request: "users have an answer that is true or false",
    name: "users-api",
    tables: ["users(answer:boolean=false)"],
  },
  {
    request: "tasks have a priority that is optional and positive",
    name: "tasks-api",
    tables: ["tasks(priority:integer?>=1)"],
  },
  {
    request: "Posts have a slug. Slugs must be unique. They have a title.",
    name: "posts-api",
    tables: ["posts(slug:string:unique, title:string)"],
  },
  {
    request: "companies have employees",
    name: "companies-employees-api",
    tables: [
      "companies(name:string, website:url?)",
      "employees(name:string, email:email:unique, position:string?, company_id->companies)",
    ],
  },
  {
    request: "users have a name (between 3 and 80 characters) and a title of at least 3 and at most 80 characters",
    name: "users-api",
    tables: ["users(name:string{3,80}, title:string{3,80})"],
  },
  {
    request: "matches have a home and an away score",
    name: "matches-api",
    tables: ["matches(home_score:integer, away_score:integer)"],
  },
  {
    request: "users have one shopping cart; shopping carts have a total",
    name: "users-shopping-carts-api",
    tables: ["users(name:string, email:email:unique)", "shopping_carts(total:decimal>=0, user_id->users:unique)"],
  },
  {
    request: "tasks may be assigned to a user and created by a customer",
    name: "tasks-users-api",
    tables: [
      "users(name:string, email:email:unique)",
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users?, customer_id->customers?)",
    ],
  },
  {
    request: "users create projects; projects have many users",
    name: "users-projects-api",
    tables: [
      "users(name:string, email:email:unique)",
      "projects(name:string, description:text?, user_id->users)",
      "project_users(project_id->projects, user_id->users)",
    ],
  },
  {
    request: "patients book an appointment with a doctor",
    name: "patients-appointments-api",
    tables: [
      "patients(name:string, birth_date:date?, phone:string{50}?)",
      "doctors(name:string, specialty:string?)",
      "appointments(starts_at:timestamp, ends_at:timestamp, notes:text?, doctor_id->doctors, patient_id->patients)",
    ],
  },
  {
    request: "clinic: patients (name), doctors (name, specialty), appointments (date) with doctors",
    name: "clinic",
    tables: [
      "patients(name:string)",
      "doctors(name:string, specialty:string)",
      "appointments(date:date, doctor_id->doctors)",
    ],
  },
  {
    request: "a shop with orders that are placed by customers and contain products",
    name: "shop",
    tables: [
      "products(name:string, description:text?, price:decimal>=0, sku:string{64}:unique)",
      "customers(name:string, email:email:unique, phone:string{50}?)",
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0, customer_id->customers)",
      "order_items(order_id->orders, product_id->products, quantity:integer>=1=1)",
    ],
  },
  {
    request: "a project tracker with tasks assigned to users and comments on tasks",
    name: "project-tracker",
    tables: [
      "users(name:string, email:email:unique)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users)",
      "comments(body:text, task_id->tasks)",
    ],
  },
  {
    request: "orders belong to a billing address and a shipping address; addresses have a street",
    name: "orders-addresses-api",
    tables: [
      "addresses(street:string)",
      "orders(status:enum{pending,paid,shipped,cancelled}=pending, total:decimal>=0=0, billing_id->addresses, shipping_id->addresses)",
    ],
  },
  {
    request: "users have an email. Emails have to be unique.",
    name: "users-api",
    tables: ["users(email:email:unique)"],
  },
  {
    request: "posts have a title; posts are draft or published",
    name: "posts-api",
    tables: ["posts(title:string, status:enum{draft,published})"],
  },
  {
    request: "a blog with posts that are draft or published",
    name: "blog",
    tables: ["posts(status:enum{draft,published})"],
  },
  {
    request: "tasks can be todo, in progress or done",
    name: "tasks-api",
    tables: ["tasks(status:enum{todo,in_progress,done})"],
  },
  {
    request: "each task is open or done",
    name: "tasks-api",
    tables: ["tasks(status:enum{open,done})"],
  },
  {
    request: "tickets are open, closed or pending and have a title",
    name: "tickets-api",
    tables: ["tickets(status:enum{open,closed,pending}, title:string)"],
  },
  {
    request: "tasks have a title and a status, open or closed",
    name: "tasks-api",
    tables: ["tasks(title:string, status:enum{open,closed})"],
  },
  {
    request: "Models: User, Post",
    name: "users-posts-api",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "Can you build an API with users and tasks?",
    name: "users-tasks-api",
    tables: [
      "users(name:string, email:email:unique)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "Could you please create an API with tasks?",
    name: "tasks-api",
    tables: ["tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?)"],
  },
  {
    request: "posts have a title of at most 1,000 characters",
    name: "posts-api",
    tables: ["posts(title:string{1000})"],
  },
  {
    request: "products have a stock between 0 and 10,000 and a name",
    name: "products-api",
    tables: ["products(stock:integer>=0<=10000, name:string)"],
  },
  {
    request: "users have a name, goals (integer)",
    name: "users-api",
    tables: ["users(name:string, goals:integer)"],
  },
  {
    request: "products have a stock (1,000 to 5,000)",
    name: "products-api",
    tables: ["products(stock:integer>=1000<=5000)"],
  },
  {
    request: "products have a stock (1,000-5,000)",
    name: "products-api",
    tables: ["products(stock:integer>=1000<=5000)"],
  },
  {
    request: "products have a title (1,000 to 2,000 characters)",
    name: "products-api",
    tables: ["products(title:string{1000,2000})"],
  },
  {
    request: "products have a price between 0 and 10,000, a name",
    name: "products-api",
    tables: ["products(price:decimal>=0<=10000, name:string)"],
  },
  {
    request: "Can you build an API? Users have a name.",
    name: "users-api",
    tables: ["users(name:string)"],
  },
  {
    request: "tasks are either open or closed",
    name: "tasks-api",
    tables: ["tasks(status:enum{open,closed})"],
  },
  {
    request: "Rooms have a number. They are free or occupied",
    name: "rooms-api",
    tables: ["rooms(number:string, status:enum{free,occupied})"],
  },
  {
    request: "a blog with posts that are draft or published and comments",
    name: "blog",
    tables: ["posts(status:enum{draft,published})", "comments(body:text)"],
  },
  {
    request: "users, teams and projects have a name",
    name: "users-teams-api",
    tables: ["users(name:string)", "teams(name:string)", "projects(name:string)"],
  },
  {
    request: "logs have a message and a timestamp",
    name: "logs-api",
    tables: ["logs(message:text, timestamp:timestamp)"],
  },
  {
    request: "songs have a rating (0.0 - 5.0)",
    name: "songs-api",
    tables: ["songs(rating:decimal>=0<=5)"],
  },
  {
    request: "I'd like an API with users and tasks",
    name: "users-tasks-api",
    tables: [
      "users(name:string, email:email:unique)",
      "tasks(title:string, description:text?, done:boolean=false, due_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "I would like a REST API for books with a title",
    name: "books-api",
    tables: ["books(title:string)"],
  },
  {
    request: "We'd like to store books and authors",
    name: "books-authors-api",
    tables: [
      "authors(name:string, bio:text?)",
      "books(title:string, isbn:string{17}?, published_on:date?, author_id->authors)",
    ],
  },
  {
    request: "posts have a title and content",
    name: "posts-api",
    tables: ["posts(title:string, content:text)"],
  },
  {
    request: "Users:\n- name\n- email\n\nPosts:\n- title\n- body",
    name: "users-posts-api",
    tables: ["users(name:string, email:email)", "posts(title:string, body:text)"],
  },
  {
    request: "Models:\n- User\n- Post",
    name: "users-posts-api",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "Tables:\n- users (name, email unique)\n- posts (title)",
    name: "users-posts-api",
    tables: ["users(name:string, email:email:unique)", "posts(title:string)"],
  },
  {
    request: "Users have:\n- a name\n- an email\nPosts have a title",
    name: "users-posts-api",
    tables: ["users(name:string, email:email)", "posts(title:string)"],
  },
  {
    request: "An API with:\n- users\n- posts",
    name: "users-posts-api",
    tables: [
      "users(name:string, email:email:unique)",
      "posts(title:string, body:text, published_at:timestamp?, user_id->users)",
    ],
  },
  {
    request: "Users:\n- name: string\n- email: string (unique)\n- age: integer, optional",
    name: "users-api",
    tables: ["users(name:string, email:string:unique, age:integer?)"],
  },
  {
    request: "Customers:\n- name\n- a status (open or closed)\n- belongs to a user",
    name: "customers-users-api",
    tables: [
      "users(name:string, email:email:unique)",
      "customers(name:string, status:enum{open,closed}, user_id->users)",
    ],
  },
];
