import type { FilesGoal } from "./files/goal.ts";
import { runFiles } from "./files/operation.ts";
import { goalOnStdin, runOperation } from "./live/program.ts";

// What the command of a part of the platform runs; its goal may hold secrets.
runOperation({ goal: goalOnStdin<FilesGoal>, purpose: ({ part }) => part, operate: runFiles });
