export const stackType = "pulumi:pulumi:Stack";

/** `urn:pulumi:<stack>::<project>::<parent types$>type::name`; the stack itself adds nothing to its children's types. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentType = parent === "" ? "" : qualifiedType(parent);
  const chain = parentType === "" || parentType === stackType ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}

export const urnName = (urn: string): string => urn.split("::").slice(3).join("::");
export const urnType = (urn: string): string => qualifiedType(urn).split("$").at(-1) ?? "";

/** `docker:index/network:Network` as it is shown: `docker:index:Network`. */
export function shownType(type: string): string {
  const [pkg, module, name] = type.split(":");
  const [head, tail] = (module ?? "").split("/");
  const folded = tail !== undefined && name !== undefined && tail.toLowerCase() === name.toLowerCase();
  return folded ? `${pkg}:${head}:${name}` : type;
}

export const isProviderType = (type: string): boolean => type.startsWith("pulumi:providers:");

/** The URN in a provider reference `<urn>::<id>`. */
export const providerUrn = (reference: string): string => reference.slice(0, reference.lastIndexOf("::"));

function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}
