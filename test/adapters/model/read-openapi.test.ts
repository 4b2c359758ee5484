import { describe, expect, test } from "vitest";
import { readOpenapiSpecification } from "../../../src/adapters/model/offline/specification/read-openapi.ts";
import { planOf } from "../../../src/adapters/model/offline/specification/specification.ts";
import { validatePlan } from "../../../src/plan/validate-plan.ts";
import { tableSignatures } from "./plan-signature.ts";

async function read(text: string) {
  const { plan, leftOut } = planOf("From openapi.yaml", await readOpenapiSpecification(text));
  return { tables: plan ? tableSignatures(validatePlan(plan)) : null, leftOut, assumptions: plan?.assumptions ?? [] };
}

const TODO = `
openapi: 3.1.0
info: { title: Todo, version: "1" }
paths:
  /api/health: { get: { responses: {} } }
  /api/users:
    get: { parameters: [{ $ref: "#/components/parameters/Limit" }], responses: {} }
    post:
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/NewUser" } } } }
      responses: { "201": { content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } } }
  /api/users/{id}: { get: {}, patch: {}, delete: {} }
  /api/users/{id}/tasks: { get: {} }
  /api/tasks:
    get: { parameters: [{ name: done, in: query }] }
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [title, userId, priority, state]
              properties:
                title: { type: string, minLength: 1, maxLength: 80 }
                notes: { type: [string, "null"], maxLength: 500 }
                done: { type: boolean, default: false }
                priority: { type: integer, minimum: 1, maximum: 5 }
                views: { type: integer, format: int64, default: 0 }
                price: { type: number, minimum: 0, nullable: true }
                state: { type: string, enum: [open, done], default: open }
                dueAt: { type: string, format: date-time }
                startsOn: { anyOf: [{ type: string, format: date }, { type: "null" }] }
                tags: { type: array, items: { type: string } }
                details: { type: object }
                userId: { type: string, format: uuid }
  /api/tasks/{id}: { get: {}, delete: {} }
components:
  parameters: { Limit: { name: limit, in: query } }
  schemas:
    NewUser:
      type: object
      required: [email]
      properties: { email: { type: string, format: email, maxLength: 200 }, site: { type: string, format: uri, maxLength: 99 } }
    User:
      type: object
      properties: { id: { type: string }, email: { type: string }, site: { type: string }, createdAt: { type: integer } }
`;

describe("an OpenAPI document", () => {
  test("becomes a table for each collection, with the same types, bounds, defaults and references", async () => {
    const { tables, leftOut } = await read(TODO);
    expect(leftOut).toEqual([]);
    expect(tables).toEqual([
      "users(email:email{200}, site:url{99}?)",
      "tasks(title:string{1,80}, notes:string{500}?, done:boolean=false, priority:integer>=1<=5, views:bigint=0, price:decimal?>=0, state:enum{open,done}=open, due_at:timestamp?, starts_on:date?, tags:string[]?, details:json?, user_id->users)",
    ]);
  });

  test("tells what changes on the way, and which operations are added", async () => {
    const { assumptions } = await read(TODO);
    expect(assumptions).toEqual([
      "tasks.price: a number is a decimal with two places",
      "tasks.due_at: columns are snake_case, so dueAt became due_at",
      "tasks.due_at: a time is a number of unix seconds",
      "tasks.starts_on: columns are snake_case, so startsOn became starts_on",
      "tasks.user_id: columns are snake_case, so userId became user_id",
      "tasks.user_id: refers to users",
      "tasks: the API gets update too, which the specification has not",
    ]);
  });

  test("in JSON is read as well, and everything that a plan cannot say is listed", async () => {
    const { tables, leftOut } = await read(
      JSON.stringify({
        openapi: "3.0.3",
        paths: {
          "/pets": {
            get: { parameters: [{ name: "q", in: "query" }] },
            post: {
              requestBody: {
                content: {
                  "application/json": {
                    schema: {
                      properties: {
                        name: { type: "string", maxLength: 50, pattern: "^[A-Z]" },
                        owner: { oneOf: [{ type: "string" }, { type: "integer" }] },
                        phone: { type: "string", maxLength: 20, format: "phone" },
                        toys: { type: "array", items: { type: "object" } },
                      },
                    },
                  },
                },
              },
              responses: { 201: { content: { "application/json": { schema: { properties: { age: {} } } } } } },
            },
          },
          "/pets/{id}": { put: {} },
          "/pets/{id}/feed": { post: {} },
          "/login": { post: {} },
        },
        components: { securitySchemes: { key: {} } },
      }),
    );
    expect(tables).toEqual(["pets(name:string{50}?, phone:string{20}?)"]);
    expect(leftOut).toEqual([
      "pets.name: pattern is not in a plan",
      "pets.owner: its type has no counterpart in a plan",
      "pets.phone: the format phone is not checked",
      "pets.toys: its type has no counterpart in a plan",
      "pets.age: is only in answers, so something computes it",
      "GET /pets: the parameter q is not in a plan",
      "PUT /pets/{id}: rows are changed by PATCH",
      "POST /pets/{id}/feed: is not in a plan",
      "POST /login: is not in a plan",
      "securitySchemes: accounts and tokens are not in a plan",
    ]);
  });

  test.each(["[1, 2]", "swagger: '2.0'", "openapi: 3.1.0", "a: b: c"])("that is none is refused: %s", async (text) => {
    await expect(readOpenapiSpecification(text)).rejects.toThrow();
  });
});
