import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { makeUrn } from "./urn.ts";
import type { Rich, RichProps } from "./values.ts";
import { fromWire, propsFromWire } from "./wire.ts";

/** What the program wants of one resource. */
export interface Goal {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  readonly version: string;
  readonly inputs: RichProps;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deletedWith: string;
  readonly deleteBeforeReplace?: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly replacementTrigger?: Rich;
  readonly additionalSecretOutputs: readonly string[];
  readonly customTimeouts: Readonly<Record<string, number>>;
  readonly resourceHooks: Readonly<Record<string, readonly string[]>>;
  /** URNs under which the resource may be in the state. */
  readonly aliases: readonly string[];
}

/** Reads a registration. Throws, naming it, on anything that this engine does not support. */
export function readGoal(request: RegisterResourceRequest, stack: string, project: string): Goal {
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  refuse(request, `${type} ${name}`);
  const trigger = request.getReplacementTrigger();
  return {
    urn: makeUrn(stack, project, parent, type, name),
    type,
    name,
    custom: request.getCustom(),
    parent,
    version: request.getVersion(),
    inputs: propsFromWire(request.getObject()?.toJavaScript()),
    dependencies: [...new Set(request.getDependenciesList())].sort(),
    propertyDependencies: propertyDependencies(request),
    protect: request.getProtect() === true,
    retainOnDelete: request.getRetainondelete() === true,
    deletedWith: request.getDeletedwith(),
    ...(request.getDeletebeforereplacedefined() && { deleteBeforeReplace: request.getDeletebeforereplace() }),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ...(trigger !== undefined && { replacementTrigger: fromWire(trigger.toJavaScript()) }),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: timeouts(request),
    resourceHooks: hooks(request),
    aliases: aliases(request, stack, project),
  };
}

function refuse(request: RegisterResourceRequest, who: string): void {
  const unsupported = {
    "remote components": request.getRemote(),
    "the import option": request.getImportid() !== "",
    "the replaceWith option": request.getReplaceWithList().length > 0,
    transforms: request.getTransformsList().length > 0,
    "explicit providers": request.getProvider() !== "" || request.getType().startsWith("pulumi:providers:"),
    "parameterized packages": request.getPackageref() !== "",
    "onError hooks": (request.getHooks()?.getOnErrorList().length ?? 0) > 0,
  };
  for (const [what, used] of Object.entries(unsupported)) {
    if (used)
      throw new Error(
        `${who} uses ${what}, which the embedded engine does not support; run it with \`--engine pulumi\``,
      );
  }
}

function propertyDependencies(request: RegisterResourceRequest): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((value, key) => {
    result[key] = [...new Set(value.getUrnsList())].sort();
  });
  return result;
}

function timeouts(request: RegisterResourceRequest): Record<string, number> {
  const wanted = request.getCustomtimeouts();
  if (wanted === undefined) return {};
  const texts = {
    create: wanted.getCreate(),
    update: wanted.getUpdate(),
    delete: wanted.getDelete(),
    read: wanted.getRead(),
  };
  return Object.fromEntries(
    Object.entries(texts)
      .filter(([, text]) => text !== "")
      .map(([operation, text]) => [operation, seconds(text)]),
  );
}

/** A Go duration such as `1h2m3.5s` in seconds. */
export function seconds(text: string): number {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) {
    throw new Error(`customTimeouts: expected a duration such as 10m or 1m30s, got ${JSON.stringify(text)}`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0);
}

function hooks(request: RegisterResourceRequest): Record<string, string[]> {
  const bound = request.getHooks();
  if (bound === undefined) return {};
  // The checkpoint's own spelling.
  const all = {
    BeforeCreate: bound.getBeforeCreateList(),
    AfterCreate: bound.getAfterCreateList(),
    BeforeUpdate: bound.getBeforeUpdateList(),
    AfterUpdate: bound.getAfterUpdateList(),
    BeforeDelete: bound.getBeforeDeleteList(),
    AfterDelete: bound.getAfterDeleteList(),
  };
  return Object.fromEntries(Object.entries(all).filter(([, names]) => names.length > 0));
}

function aliases(request: RegisterResourceRequest, stack: string, project: string): string[] {
  const specs = request.getAliasesList().map((alias) => {
    const spec = alias.getSpec();
    if (spec === undefined) return alias.getUrn();
    const parent = spec.getNoparent() ? "" : spec.getParenturn() || request.getParent();
    return makeUrn(
      spec.getStack() || stack,
      spec.getProject() || project,
      parent,
      spec.getType() || request.getType(),
      spec.getName() || request.getName(),
    );
  });
  return [...request.getAliasurnsList(), ...specs];
}
