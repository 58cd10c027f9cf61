import { mergeConfig } from "vitest/config";
import config from "./vitest.config.ts";

// What takes too long for every run: emergencies, damage and kills, each on a stack of its own.
const { test, ...rest } = config;
export default mergeConfig(rest, { test: { ...test, include: ["test/**/*.nightly.test.ts"], exclude: [] } });
