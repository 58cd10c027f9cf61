import type { Resource } from "../state.ts";
import { stackType } from "../urn.ts";
import type { RichProps } from "../values.ts";

/** The outputs of the stack in a state; none when it has not been updated yet. */
export function outputsOf(resources: readonly Resource[]): RichProps {
  return resources.find((resource) => resource.type === stackType && !resource.delete)?.outputs ?? {};
}
