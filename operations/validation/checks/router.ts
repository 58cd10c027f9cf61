import { isDeepStrictEqual } from "node:util";
import { compare } from "../../router/confirm.ts";
import { routerName } from "../../router/state.ts";
import { confirmProbes, describePointer } from "../../router/traffic.ts";
import { askAll } from "../ask.ts";
import { type Check, judged, ok, unknown } from "../check.ts";
import { acting, asker, type Context, noAsker, servingColors, wayOut } from "../context.ts";
import { holdsRelease } from "../release.ts";

const seconds = 1.5;

/** Where the traffic goes, and what each service answers to who comes in through the router. */
export async function checkRouter(context: Context): Promise<Check[]> {
  const router = asker(context);
  const goal = { ...context.expectation.goal, pointer: acting(context) };
  const probes = confirmProbes(goal);
  if (router === undefined)
    return [unknown("traffic", noAsker), ...probes.map(({ service }) => unknown(`router ${service}`, noAsker))];
  const versions = probes.flatMap((probe) => {
    const path = context.expectation.services.find(({ name }) => name === probe.service)?.version;
    return path === undefined || servingColors(context).length !== 1 ? [] : [{ ...probe, path }];
  });
  const asks = [...probes, ...versions].map(({ path, host }) => ({ url: `http://127.0.0.1:8080${path}`, host }));
  const answers = await askAll(context.docker, router, asks, seconds);
  const answered = probes.map(({ service, path }, at): Check => {
    const { status, headers, error } = answers[at]!;
    const [color = "", release = ""] = ["color", "release"].map((name) => headers.get(`x-switchback-${name}`));
    const got = { status: status === 0 ? "000" : `${status}`, color, release };
    const problem = status === 0 ? error : compare(got, goal, servingColors(context));
    const name = `router ${service}`;
    if (problem === undefined) return ok(name, `${status} ${color} ${release}`.trim(), describePointer(goal.pointer));
    const away = servingColors(context)
      .map((one) => wayOut(context, one))
      .join("");
    return judged(
      false,
      name,
      `GET ${path}: ${problem}`,
      describePointer(goal.pointer),
      `\`docker logs ${router}\`${away}`,
    );
  });
  const release = goal.pointer.releases[goal.pointer.color] ?? "";
  const told = versions.map(({ service }, at) =>
    holdsRelease(
      `version ${service} through the router`,
      answers[probes.length + at]!,
      release,
      "`switchback up` puts the traffic where the config says",
    ),
  );
  return [judgeTraffic(context), ...answered, ...told];
}

function judgeTraffic({ router: probed, expectation, stack }: Context): Check {
  const name = "traffic";
  const up = `\`switchback up --stack ${stack}\` puts it where the config says`;
  const threshold = describePointer(expectation.goal.pointer);
  if ("unknown" in probed) return unknown(name, probed.unknown, `\`docker logs ${routerName(stack)}\``);
  const state = probed.value;
  if (state.kind !== "read") return unknown(name, state.kind === "absent" ? "there is no router" : state.reason, up);
  if (!state.memory) return judged(false, name, "no pointer: the router answers with maintenance", threshold, up);
  const value = describePointer(state.memory);
  if (state.file?.override) {
    const { color, who, why } = state.file.override;
    const remedy = `\`switchback config set activeColor ${color}\` accepts it, \`docker exec ${routerName(stack)} switchback-route --clear\` takes it back`;
    return judged(false, name, `${value}, by hand of ${who}: ${why}`, threshold, remedy);
  }
  if (state.status.hold?.holding) return judged(false, name, `${value}, requests are held`, threshold, up);
  return judged(isDeepStrictEqual(state.memory, expectation.goal.pointer), name, value, threshold, up);
}
