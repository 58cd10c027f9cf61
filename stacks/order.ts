import type { StackPlan } from "./plan.ts";
import { otherColor } from "./schema.ts";
import type { SchemaChange } from "./schema-change.ts";
import type { Change } from "./verdict.ts";

/** What a change does, step by step, in the order in which it runs; empty when neither traffic nor schema moves. */
export function orderOf({ config, colors }: StackPlan, change: Change, schema: SchemaChange | undefined): string[] {
  const { from, to, cold } = change;
  const { hold, drain } = config.router;
  const moves = schema !== undefined && schema.direction !== "none";
  const switches = from !== undefined && from !== to;
  if (from === undefined || !(moves || switches)) return [];
  const held = moves ? schema.held : undefined;
  const steps = moves ? schema.migrations.map(({ name }) => name).join(", ") : "";
  const migrate = moves ? `the schema goes ${schema.direction} in one transaction: ${steps}` : "";
  return [
    ...(schema && (moves || cold) ? ["a safety backup is taken"] : []),
    ...(cold && switches ? [`${to} is made anew with ${colors[to].release}`] : []),
    ...(held
      ? [
          `requests wait in the router, for at most ${hold.maxSeconds} s in all; those on ${held} get ${hold.drainSeconds} s to end`,
          `${held} loses the database`,
          migrate,
          `${otherColor(held)} gets the database and must be ready, else the schema goes back`,
        ]
      : moves
        ? [migrate]
        : []),
    ...(switches
      ? [
          held ? `the waiting requests go to ${to}` : `${to} passes the gate, and new requests go to it`,
          `${from} is drained: ${drain.httpSeconds} s for requests, ${drain.webSocketSeconds} s for WebSockets`,
        ]
      : []),
  ];
}

/** What it takes to go back afterwards; undefined: there is nothing to go back to. */
export function wayBack({ colors }: StackPlan, change: Change, schema: SchemaChange | undefined): string | undefined {
  const { from, to } = change;
  if (from === undefined) return undefined;
  const other = otherColor(to);
  const release = colors[other].release;
  if (!release) return `${other} is absent: going back takes a release on it first (level 2)`;
  if (schema && !schema.open[other])
    return `level 2 goes back to ${other} ${release}: it does not accept the schema ${schema.head}`;
  const bound = schema ? `until the schema leaves what it accepts, or ${other} changes` : `until ${other} changes`;
  return `level 1 goes back to ${other} ${release}, ${bound}`;
}
