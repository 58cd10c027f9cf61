import { runOnStack, type Verb } from "./verb.ts";

export const notificationsList: Verb = {
  summary: "what was sent, what waits, and why",
  flags: {},
  run: (call) => runOnStack(call, "notify", "list"),
};

export const notificationsDeliver: Verb = {
  summary: "tell what nobody was told of yet, and try again what waits",
  flags: {},
  run: (call) => runOnStack(call, "notify", "deliver"),
};

export const notificationsTest: Verb = {
  summary: "send a test to every sink of the operators",
  flags: {},
  run: (call) => runOnStack(call, "notify", "test"),
};
