import { defineConfig } from "@playwright/test";

import tests from "./playwright.config";

// Measurements, one at a time and undisturbed; started by `cargo xtask bench`.
export default defineConfig({
  ...tests,
  testDir: "bench",
  testMatch: "*.bench.ts",
  fullyParallel: false,
  workers: 1,
  timeout: 300_000,
  use: { ...tests.use, screenshot: "off", trace: "off" },
});
