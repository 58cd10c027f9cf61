import { defineConfig } from "vitest/config";
import { test } from "./vitest.shared.ts";

// What takes too long for every run: emergencies, damage and kills, each on a stack of its own.
export default defineConfig({ test: { ...test, include: ["test/**/*.nightly.test.ts"], maxWorkers: 1 } });
