import { defineConfig } from "nitro";

export default defineConfig({
  compatibilityDate: "2026-11-01",
  serverDir: "./server",
  errorHandler: "./server/error.ts",
  $production: { entry: "./server/main.ts" },
});
