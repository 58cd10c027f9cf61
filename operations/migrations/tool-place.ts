import type Docker from "dockerode";
import type { Lineage } from "../../stacks/lineage.ts";
import { colors } from "../../stacks/schema.ts";
import type { SchemaGoal } from "../schema/goal.ts";
import type { ToolPlace } from "./command.ts";

/** Where the tool of a lineage runs for a goal: in the images of the colors' service; undefined: the lineage has none. */
export function toolPlace(docker: Docker, goal: SchemaGoal, { command }: Lineage): ToolPlace | undefined {
  if (!command) return undefined;
  const { stack, database } = goal;
  const images = colors.flatMap((color) =>
    goal.colors[color].filter(({ name }) => name === command.service).map(({ image }) => image),
  );
  return {
    docker,
    stack,
    container: database.container,
    network: `${stack}-platform`,
    database: database.name,
    owner: `${database.name}_owner`,
    images,
  };
}
