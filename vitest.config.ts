import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/helpers/shared-cache.ts",
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000, // real servers and processes on small machines; never a measure of speed
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
});
