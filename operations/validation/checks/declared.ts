import { bounded } from "../../../stacks/probe-bounded.ts";
import type { DeclaredCheck } from "../../../stacks/schema-validation.ts";
import { exec } from "../../live/docker.ts";
import { runQuery } from "../../recovery/verify/smoke.ts";
import { type Answer, type Ask, askAll } from "../ask.ts";
import { type Check, judged, unknown } from "../check.ts";
import { asker, type Context, noAsker, servingServices } from "../context.ts";
import type { ExpectedService } from "../expectation.ts";
import { inOwnSession } from "../in-database.ts";
import { judgeHandshake, reachAll, webSocketHandshake } from "../reach.ts";
import { judgeExchange } from "./debug-ports.ts";

/** A declared check, and one place that it is made of. */
interface Asked {
  readonly name: string;
  readonly check: DeclaredCheck;
  readonly service: ExpectedService;
  /** undefined: through the router, or the database. */
  readonly replica: { readonly container: string; readonly address: string } | undefined;
}

/** The checks that the config declares of the services, made of the color that serves. */
export async function checkDeclared(context: Context): Promise<Check[]> {
  const asked = servingServices(context).flatMap((service) => declaredOf(context, service));
  // A canary serves from both colors, and what goes through the router or to the database is asked once.
  const unique = [...new Map(asked.map((one) => [one.name, one])).values()];
  const of = (kind: "http" | "tcp" | "websocket" | "sql" | "command") =>
    unique.filter(({ check }) => check[kind] !== undefined);
  const parts = await Promise.all([
    http(context, of("http")),
    tcp(context, of("tcp")),
    webSockets(context, of("websocket")),
    sql(context, of("sql")),
    commands(context, of("command")),
  ]);
  return parts.flat();
}

function declaredOf({ depth }: Context, service: ExpectedService): Asked[] {
  const checks = Object.entries(service.checks).filter(([, { thorough }]) => depth === "thorough" || !thorough);
  return checks.flatMap(([key, check]): Asked[] => {
    const title = `${check.purpose} ${service.name} ${key}`;
    const once = check.sql !== undefined || (check.http ?? check.websocket)?.via === "router";
    if (once) return [{ name: title, check, service, replica: undefined }];
    if (service.replicas.length === 0) return [{ name: title, check, service, replica: undefined }];
    return service.replicas.map((replica) => ({ name: `${title} ${replica.container}`, check, service, replica }));
  });
}

const secondsOf = ({ depth }: Context) => (depth === "quick" ? 1.5 : 10);
const remedy = ({ service, replica }: Asked) =>
  `\`docker logs ${replica?.container ?? "CONTAINER"}\`; the check is validation.services.${service.name}.checks`.replace(
    " CONTAINER",
    "",
  );

/** Those that can be asked, and those whose service does not run. */
function reachable(
  asked: readonly Asked[],
  via: (check: DeclaredCheck) => "router" | "service",
): { there: Asked[]; dead: Check[] } {
  const goes = ({ check, replica }: Asked) => replica !== undefined || via(check) === "router";
  return {
    there: asked.filter(goes),
    dead: asked.filter((one) => !goes(one)).map(({ name }) => unknown(name, "nothing of it runs")),
  };
}

async function http(context: Context, asked: readonly Asked[]): Promise<Check[]> {
  const router = asker(context);
  if (router === undefined) return asked.map(({ name }) => unknown(name, noAsker));
  const { there, dead } = reachable(asked, ({ http: one }) => one!.via);
  const asks = there.map(({ check, service, replica }): Ask => {
    const origin = replica ? `${replica.address}:${service.port}` : "127.0.0.1:8080";
    return { url: `http://${origin}${check.http!.path}`, host: replica ? undefined : service.route?.host };
  });
  const answers = await askAll(context.docker, router, asks, secondsOf(context));
  return [...dead, ...there.map((one, at) => judgeHttp(one.name, one.check, answers[at]!, remedy(one)))];
}

export function judgeHttp(name: string, { http: wanted, maxMs }: DeclaredCheck, answer: Answer, what: string): Check {
  const { status, contains, headers } = wanted!;
  const { status: got, milliseconds, error } = answer;
  const wrong = Object.entries(headers).filter(
    ([header, text]) => !answer.headers.get(header.toLowerCase())?.includes(text),
  );
  const problems = [
    ...(got === 0 ? [error] : got === status ? [] : [`answered ${got}`]),
    ...(got !== 0 && contains !== undefined && !answer.body.includes(contains)
      ? [`without ${JSON.stringify(contains)}`]
      : []),
    ...(got === 0
      ? []
      : wrong.map(([header]) => `header ${header}: ${answer.headers.get(header.toLowerCase()) ?? "none"}`)),
    ...(maxMs !== undefined && milliseconds > maxMs ? [`${milliseconds} ms`] : []),
  ];
  const threshold = [
    `${status}`,
    ...(contains === undefined ? [] : [`with ${JSON.stringify(contains)}`]),
    ...Object.entries(headers).map(([header, text]) => `${header}: ${text}`),
    ...(maxMs === undefined ? [] : [`at most ${maxMs} ms`]),
  ].join(", ");
  return judged(problems.length === 0, name, problems.join(", ") || `${got} in ${milliseconds} ms`, threshold, what);
}

async function tcp(context: Context, asked: readonly Asked[]): Promise<Check[]> {
  const router = asker(context);
  if (router === undefined) return asked.map(({ name }) => unknown(name, noAsker));
  const { there, dead } = reachable(asked, () => "service");
  const reaches = there.map(({ check, service, replica }) => {
    const { port, send, expect } = check.tcp!;
    return { host: replica!.address, port: port ?? service.port!, send, reads: expect !== undefined };
  });
  const found = await reachAll(context.docker, router, reaches, secondsOf(context));
  const checks = there.map((one, at) => {
    const reached = judgeExchange(one.name, found[at]!, one.check.tcp!.expect, remedy(one));
    return inTime(reached, found[at]!.milliseconds, one);
  });
  return [...dead, ...checks];
}

async function webSockets(context: Context, asked: readonly Asked[]): Promise<Check[]> {
  const router = asker(context);
  if (router === undefined) return asked.map(({ name }) => unknown(name, noAsker));
  const { there, dead } = reachable(asked, ({ websocket }) => websocket!.via);
  const shaken = there.map(({ check, service, replica }) => {
    const [host, port] = replica ? [replica.address, service.port!] : ["127.0.0.1", 8080];
    const as = replica ? `${host}:${port}` : (service.route?.host?.replace("*", "any") ?? "127.0.0.1");
    return { host, port, reads: true, ...webSocketHandshake(check.websocket!.path, as) };
  });
  const found = await reachAll(context.docker, router, shaken, secondsOf(context));
  const checks = there.map((one, at) => {
    const problem = judgeHandshake(found[at]!, shaken[at]!.accept);
    return inTime(
      judged(problem === undefined, one.name, problem ?? "101", "101", remedy(one)),
      found[at]!.milliseconds,
      one,
    );
  });
  return [...dead, ...checks];
}

function sql(context: Context, asked: readonly Asked[]): Promise<Check[]> {
  const names = asked.map(({ name }) => name);
  if (asked.length === 0) return Promise.resolve([]);
  return inOwnSession(context, names, async (client) => {
    const checks: Check[] = [];
    for (const [index, one] of asked.entries()) {
      const begun = performance.now();
      const found = await runQuery(client, one.check.sql!, index);
      const answered = judged(
        found.answer === "yes",
        one.name,
        found.detail,
        "one row whose first column is true",
        remedy(one),
      );
      checks.push(inTime(answered, performance.now() - begun, one));
    }
    return checks;
  });
}

async function commands(context: Context, asked: readonly Asked[]): Promise<Check[]> {
  const { there, dead } = reachable(asked, () => "service");
  const ran = there.map(async (one) => {
    const begun = performance.now();
    const { container } = one.replica!;
    const argv = one.check.command!;
    const found = await bounded(() => exec(context.docker, container, argv), secondsOf(context) * 1000);
    // What it printed stays where it is: it may hold what a report must not.
    const value = "value" in found ? `exit ${found.value.exitCode}` : found.unknown;
    const passed = "value" in found && found.value.exitCode === 0;
    const ended = judged(passed, one.name, value, "exit 0", `run it: \`docker exec ${container} ${argv.join(" ")}\``);
    return inTime(ended, performance.now() - begun, one);
  });
  return [...dead, ...(await Promise.all(ran))];
}

/** What passed, but took longer than it may. */
function inTime(check: Check, milliseconds: number, one: Asked): Check {
  const { maxMs } = one.check;
  if (check.verdict !== "ok" || maxMs === undefined) return check;
  return judged(
    milliseconds <= maxMs,
    check.name,
    `${milliseconds.toFixed(0)} ms`,
    `${check.threshold}, at most ${maxMs} ms`,
    remedy(one),
  );
}
