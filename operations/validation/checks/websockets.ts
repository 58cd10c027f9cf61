import { type Check, judged, unknown } from "../check.ts";
import { acting, asker, type Context, noAsker, servingServices } from "../context.ts";
import { judgeHandshake, reachAll, webSocketHandshake } from "../reach.ts";

const seconds = 1.5;

/** The handshake of each path that carries WebSockets, to each replica that gets traffic and through the router. */
export async function checkWebSockets(context: Context): Promise<Check[]> {
  const services = servingServices(context).filter(({ webSockets }) => webSockets.length > 0);
  const through = acting(context).mode === "serve" ? services : [];
  const targets = [
    ...through.flatMap(({ name, webSockets, route }) =>
      webSockets.map((path) => ({
        name: `websocket ${name}${path} through the router`,
        path,
        host: "127.0.0.1",
        port: 8080,
        as: route?.host,
      })),
    ),
    ...services.flatMap(({ webSockets, port, replicas }) =>
      replicas.flatMap(({ container, address }) =>
        webSockets.map((path) => ({
          name: `websocket ${container}${path}`,
          path,
          host: address,
          port: port!,
          as: undefined,
        })),
      ),
    ),
  ];
  const unique = [...new Map(targets.map((target) => [target.name, target])).values()];
  const router = asker(context);
  if (router === undefined) return unique.map(({ name }) => unknown(name, noAsker));
  const asked = unique.map((target) => ({
    ...target,
    ...webSocketHandshake(target.path, target.as?.replace("*", "any") ?? `${target.host}:${target.port}`),
  }));
  const answers = await reachAll(
    context.docker,
    router,
    asked.map((one) => ({ ...one, reads: true })),
    seconds,
  );
  return asked.map(({ name, accept }, at) => {
    const problem = judgeHandshake(answers[at]!, accept);
    return judged(
      problem === undefined,
      name,
      problem ?? "101",
      "101 with the accepted key",
      "the service's log says why",
    );
  });
}
