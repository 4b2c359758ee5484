import { expect, it } from "vitest";
import { findRoutes } from "../../src/verify/routes.ts";

it("finds routes in file names the way Nitro does", () => {
  const files = [
    "server/api/health.get.ts",
    "server/api/users/index.post.ts",
    "server/api/users/[id].patch.ts",
    "server/api/users/[id]/tasks.get.ts",
    "server/api/(admin)/stats.get.js",
    "server/api/files/[...path].get.ts",
    "server/api/anything.ts",
    "server/routes/docs.get.ts",
    "server/routes/index.get.ts",
    "server/utils/route.ts",
    "server/api/types.d.ts",
    "tests/users.test.ts",
  ];
  expect(findRoutes(files).map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /",
    "* /api/anything",
    "GET /api/files/{path}",
    "GET /api/health",
    "GET /api/stats",
    "POST /api/users",
    "PATCH /api/users/{id}",
    "GET /api/users/{id}/tasks",
    "GET /docs",
  ]);
});
