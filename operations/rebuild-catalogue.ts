import { findGenerations, rebuild } from "./generations/rebuild.ts";
import { connect } from "./live/docker.ts";
import { runProgram } from "./live/program.ts";

/**
 * Prints the catalogue of generations as far as it can be told without it: `node operations/rebuild-catalogue.ts <stack>`.
 * It changes nothing: whoever runs it looks at it, and puts it in its place.
 */
runProgram(async () => {
  const [stack] = process.argv.slice(2);
  if (!stack) throw new Error("expected `node operations/rebuild-catalogue.ts <stack>`");
  const docker = connect();
  const { found, serving } = await findGenerations(docker, stack, await imageOf(stack));
  const catalogue = rebuild(found, serving, new Date());
  for (const { name, state, index } of catalogue.generations)
    console.error(`${name}: ${name === serving ? "serves" : state}, address ${index}`);
  console.log(JSON.stringify(catalogue));
});

/** Image of the stack's database. */
async function imageOf(stack: string): Promise<string> {
  const label = [`switchback.stack=${stack}`, "switchback.role=database"];
  const [one] = await connect().listContainers({ all: true, filters: { label } });
  if (one) return one.ImageID;
  throw new Error(
    `expected a container of a database of ${stack}, got none; run \`up\` with the catalogue as it is first`,
  );
}
