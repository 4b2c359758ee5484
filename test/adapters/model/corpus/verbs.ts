// Requests as people say them, with verbs of their own between the tables: each is understood whole.
import type { CorpusRequest } from "./english.ts";

export const VERBS: readonly CorpusRequest[] = [
  {
    domain: "magazine",
    request:
      "a blog where authors write posts and readers leave comments on posts; posts have a title and a body; comments have a body of at most 1000 characters",
  },
  {
    domain: "lending library",
    request:
      "members borrow books with a due date; members must have a name and an e-mail, and may have a phone number; books have a title and a unique ISBN",
  },
  {
    domain: "university",
    request:
      "students enroll in courses with a grade from 0 to 100; courses are taught by teachers; courses have a title and a capacity over 0; teachers and students have a name",
  },
  {
    domain: "microblog",
    request:
      "users follow other users and can like posts; posts are written by users and have a body of at most 280 characters; users have a unique username",
  },
  {
    domain: "hotel",
    request:
      "hotels with rooms; rooms have a number, a floor and a nightly price; guests book rooms; guests have a name and optionally an e-mail address; hotels have a name",
  },
  {
    domain: "organisation",
    request:
      "There are employees and departments. Employees work in departments, have a name, a positive salary and a manager who is an employee. Departments have a unique name.",
  },
  {
    domain: "support desk",
    request:
      "The system should store tickets and agents; tickets can be assigned to an agent, have a subject, a status: open, pending or closed and an urgency of low, medium or high; agents have a name",
  },
  {
    domain: "catalogue",
    request:
      "products must have a name, a price greater than 0, a stock (at least 0) and a color, which is red, green or blue; products belong to a category; categories can be nested and have a unique name",
  },
  {
    domain: "planner",
    request:
      "tasks can be nested and have a title (at most 80 characters), a priority (low, medium or high, default medium), a rating (1 to 5) and a state that is open by default",
  },
  {
    domain: "expenses",
    request: "expenses with an amount, a currency defaulting to EUR and a payer who is a person; people have a name",
  },
  {
    domain: "job board",
    request:
      "A job board where companies post jobs and candidates apply for jobs. Jobs: title, description, salary. Candidates have a name and can have multiple documents; a document has a url; jobs can be remote or not",
  },
  {
    domain: "medical practice",
    request:
      "I want to manage patients and doctors. Patients make appointments with doctors. Appointments: start time, reason. Patients and doctors have a name.",
  },
  {
    domain: "auction",
    request:
      "an auction house: sellers list items, buyers place bids on items; bids have a positive amount; items have a title and a deadline; sellers and buyers have a name; each item is in a category; categories have a name",
  },
];
