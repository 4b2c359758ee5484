import { defineConfig } from "vitest/config";

const report = process.env.TB_TEST_REPORT;

export default defineConfig({
  test: {
    globalSetup: "test/helpers/shared-cache.ts",
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000, // real servers and processes on small machines; never a measure of speed
    hookTimeout: 180_000,
    maxWorkers: 2,
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
