import { type Owner, sameOwner } from "../operations/live/owner.ts";
import { changeOf, isServiceCold, liveContainer, routerFile, trafficColors, trafficMoves } from "./change.ts";
import { no, unknown, yes } from "./condition.ts";
import { dataMoves } from "./generations.ts";
import { passwordChange } from "./password-change.ts";
import type { ColorPlan, ServicePlan, StackPlan } from "./plan.ts";
import type { Live, LiveImage } from "./probe.ts";
import { type ColorName, otherColor } from "./schema.ts";
import { isOpenNow } from "./schema-change.ts";
import { isMadeOf } from "./service-files.ts";
import type { Change, Condition } from "./verdict.ts";

/** Every condition of the requested change, in the order in which a reader wants them. */
export function conditionsOf(plan: StackPlan, live: Live, owner: Owner): Condition[] {
  if ("unknown" in live.docker) {
    return [
      no(
        "docker",
        `expected a Docker engine at ${process.env.DOCKER_HOST || "the local socket"}, got: ${live.docker.unknown}; start it, or set DOCKER_HOST`,
      ),
    ];
  }
  const change = changeOf(plan, live);
  const receiving = trafficColors(plan).map((color) => plan.colors[color]);
  const moves = change.from !== undefined && trafficMoves(plan, live);
  return [
    yes("docker", "the engine answers"),
    ownerCondition(live, owner),
    routerCondition(plan.stack, live),
    ...overrideCondition(plan.stack, live, change.to),
    ...frozenCondition(plan, live, change),
    imageCondition(moves ? receiving : Object.values(plan.colors), live),
    // Before its data is back no color needs to be well; the router's gate asks afterwards.
    ...(moves && !(plan.database && dataMoves(plan.database.generations)) ? [healthCondition(receiving, live)] : []),
  ];
}

function ownerCondition(live: Live, owner: Owner): Condition {
  if ("unknown" in live.owner) return unknown("owner", `the catalogue could not be read: ${live.owner.unknown}`);
  const found = live.owner.value;
  if (!found || sameOwner(found, owner)) return yes("owner", found ? "this engine's own stack" : "claimed by this run");
  return no(
    "owner",
    `expected the live system to belong to ${describe(owner)}, got ${describe(found)}; to take it over: switchback stack adopt --stack ${owner.stack}`,
  );
}

const describe = ({ engine, project, stack, stateId }: Owner) => `${engine} ${project}/${stack} (state ${stateId})`;

function routerCondition(stack: string, live: Live): Condition {
  if ("unknown" in live.router) return unknown("router", `its marker could not be read: ${live.router.unknown}`);
  const state = live.router.value;
  if (state.kind === "absent") return yes("router", "made by this run");
  if (state.kind === "unreadable")
    return unknown(
      "router",
      `its marker could not be read: ${state.reason}; start it again: docker start ${stack}-router`,
    );
  const pending = state.file?.marker?.pending;
  return yes(
    "router",
    pending ? `a change begun at ${pending.since} was not finished; this run settles it` : "its marker is whole",
  );
}

function overrideCondition(stack: string, live: Live, to: ColorName): Condition[] {
  const override = routerFile(live)?.override;
  if (!override) return [];
  const story = `${override.who} routed to ${override.color} by hand at ${override.when} (${override.why})`;
  if (override.color === to) return [yes("override", `${story}; the config now says the same, and it ends`)];
  return [
    no(
      "override",
      `${story}, but activeColor says ${to}; keep it: pulumi config set activeColor ${override.color}; or end it: docker exec ${stack}-router switchback-route --clear`,
    ),
  ];
}

function frozenCondition(plan: StackPlan, live: Live, { from }: Change): Condition[] {
  if (from === undefined) return [];
  const color = plan.colors[from];
  const changed = color.services.filter((service) => differs(service, live)).map(({ name }) => name);
  const removed = servicesOf(live, plan.stack, from).filter(
    (name) => !color.services.some((service) => service.name === name),
  );
  const problems = [
    changed.length > 0 ? `changes to ${changed.join(", ")}` : "",
    removed.length > 0 ? `removal of ${removed.join(", ")}` : "",
  ].filter(Boolean);
  if (problems.length === 0) return [yes("activeColorFrozen", `${from}, which serves, stays as it is`)];
  const password = changed.length > 0 ? passwordChange(plan, live, from) : undefined;
  if (password) return [no("activeColorFrozen", password)];
  const idle = otherColor(from);
  const tag = color.release ?? "<imageTag>";
  return [
    no(
      "activeColorFrozen",
      `expected no change of ${from}, which serves, got ${problems.join(" and ")}; change the other color, then move the traffic: ` +
        `pulumi config set --path colors.${idle}.imageTag ${tag} && pulumi config set activeColor ${idle}`,
    ),
  ];
}

const differs = (service: ServicePlan, live: Live) =>
  service.replicas.some(({ container }) => {
    const found = liveContainer(live, container);
    return found && !isMadeOf(service, found.labels["switchback.spec"]);
  });

function servicesOf(live: Live, stack: string, color: ColorName): string[] {
  if ("unknown" in live.containers) return [];
  const services = [...live.containers.value.values()]
    .filter(
      ({ labels }) =>
        labels["switchback.stack"] === stack &&
        labels["switchback.color"] === color &&
        labels["switchback.role"] === "service",
    )
    .map(({ labels }) => labels["switchback.service"] ?? "");
  return [...new Set(services)];
}

function imageCondition(concerned: readonly ColorPlan[], live: Live): Condition {
  if ("unknown" in live.images) return unknown("image", `images could not be looked up: ${live.images.unknown}`);
  if ("unknown" in live.containers)
    return unknown("image", `containers could not be listed: ${live.containers.unknown}`);
  const problems = concerned.flatMap(({ services }) => services.flatMap((service) => imageProblems(service, live)));
  if (problems.length > 0) return no("image", problems.join("; "));
  return yes("image", "every image is the recorded one");
}

function imageProblems(service: ServicePlan, live: Live): string[] {
  const images = "value" in live.images ? live.images.value : new Map<string, LiveImage | null>();
  const { label, reference } = service.image;
  const image = images.get(reference) ?? null;
  if (!isServiceCold(service, live)) return foreignImages(service, image?.id ?? reference, live);
  if (image && !service.config.user && isRoot(image.user)) {
    return [
      `expected ${label} to run as a user other than root; set a user: pulumi config set --path services.${service.name}.user 10001`,
    ];
  }
  if (!reference.startsWith("sha256:")) return [];
  if (!image)
    return [`expected ${label} as recorded (${short(reference)}), got no such image; build it: npm run setup`];
  const tagged = images.get(label);
  if (!tagged || tagged.id === reference) return [];
  return [
    `expected ${label} to be ${short(reference)}, as recorded, got ${short(tagged.id)}: it was rebuilt or swapped; give the new image a new tag`,
  ];
}

function foreignImages(service: ServicePlan, id: string, live: Live): string[] {
  return service.replicas.flatMap(({ container }) => {
    const found = liveContainer(live, container);
    if (!found || found.image === id) return [];
    return [
      `expected ${container} to run ${short(id)}, got ${short(found.image)}; replace it: docker rm -f ${container} && pulumi up --refresh`,
    ];
  });
}

const isRoot = (user: string) => user === "" || /^(root|0+)(:|$)/.test(user);
const short = (reference: string) => reference.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/, "$1");

function healthCondition(receiving: readonly ColorPlan[], live: Live): Condition {
  const warm = receiving.flatMap(({ color, services }) =>
    services.filter((service) => !isServiceCold(service, live)).map((service) => ({ color, ...service })),
  );
  const cold = receiving.some(({ services }) => services.some((service) => isServiceCold(service, live)));
  if ("unknown" in live.health) return unknown("health", `the target could not be asked: ${live.health.unknown}`);
  const answers = live.health.value;
  // A closed color has no database yet, so that only the operation can ask it for more than to be alive.
  const closed = ({ color }: { color: ColorName }) => live.database !== undefined && isOpenNow(live, color) === false;
  const ill = warm.flatMap((service) =>
    service.replicas.flatMap(({ container }) => {
      const answer = answers.find((health) => health.container === container);
      const well = closed(service) ? answer?.live : answer?.ready;
      return well
        ? []
        : [`${container} is not ${closed(service) ? "alive" : "ready"} (${answer?.detail ?? "it was not asked"})`];
    }),
  );
  const database = live.database?.database;
  // Nothing that needs the database is ready without it: that must not stop the way back.
  if (ill.length > 0 && database && ("unknown" in database || !database.value.reachable)) {
    return unknown(
      "health",
      `${ill.join(", ")}, and the database does not answer; the gate asks only whether it is alive`,
    );
  }
  if (ill.length > 0)
    return no(
      "health",
      `${ill.join(", ")}; see its log: docker logs; start what is stopped: pulumi up --refresh with the active color unchanged`,
    );
  return yes(
    "health",
    cold
      ? "what is made anew passes the gate before traffic moves"
      : warm.some(closed)
        ? "every replica of the target is alive; it must be ready once it has the database"
        : "every replica of the target is ready",
  );
}
