import { benchLevel1 } from "./bench/level1.ts";
import { benchLevel2 } from "./bench/level2.ts";
import { benchLevel3 } from "./bench/level3.ts";
import { benchNotifications } from "./bench/notifications.ts";

const benches: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  level1: benchLevel1,
  level2: benchLevel2,
  level3: benchLevel3,
  notifications: benchNotifications,
};

const [name = "", ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench) {
  try {
    process.exitCode = await bench(args);
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`);
    process.exitCode = 1;
  }
} else {
  console.error(`expected one of ${Object.keys(benches).join(", ")}, got "${name}"; try: npm run bench -- level1`);
  process.exitCode = 2;
}
