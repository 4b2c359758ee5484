import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const report = process.env.TB_TEST_REPORT;

/** Files that build whole projects take longest, so they start first and the rest fills the gaps. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const long = ["/e2e/crash", "/e2e/", "/docs/transcripts", "/verify/verify-project", "/templates/"];
    const rank = ({ moduleId }: TestSpecification) => {
      const place = long.findIndex((part) => moduleId.includes(part));
      return place === -1 ? long.length : place;
    };
    return files.toSorted((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  test: {
    globalSetup: "test/helpers/shared-cache.ts",
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000, // real servers and processes on small machines; never a measure of speed
    hookTimeout: 180_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
