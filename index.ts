import { deploy } from "./stacks/deploy.ts";
import { judge } from "./stacks/judge.ts";
import { readPlan } from "./stacks/read-config.ts";

const plan = await readPlan();
const judged = await judge(plan);

export const { url, activeColor, colors, verdict } = deploy(judged.plan, judged);
