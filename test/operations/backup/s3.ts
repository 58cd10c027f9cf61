import { fileURLToPath } from "node:url";
import { execOk } from "../../../operations/live/docker.ts";
import { packContext, readContext } from "../../../scripts/setup/context.ts";
import { followed } from "../../../scripts/setup/progress.ts";
import { docker } from "../database/rig.ts";

const image = "switchback-test/s3:1";

/** Starts an S3 server as `s3.test` in a network, with one bucket. Its image stays, labelled. @returns its container's name */
export async function startS3(stack: string, network: string, bucket: string): Promise<string> {
  const context = packContext(readContext(fileURLToPath(new URL("./s3", import.meta.url))));
  const labels = { "switchback.test": "s3" };
  await followed(docker, await docker.buildImage(context, { t: image, labels, rm: true, forcerm: true }));
  const name = `${stack}-s3`;
  const container = await docker.createContainer({
    name,
    Image: image,
    Labels: { ...labels, "switchback.stack": stack },
    HostConfig: { NetworkMode: network, Init: true, Memory: 512 * 1024 * 1024 },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ["s3.test"] } } },
  });
  await container.start();
  const make = `until curl -skf -X PUT https://127.0.0.1/${bucket}; do sleep 0.2; done`;
  await execOk(docker, name, ["timeout", "30", "sh", "-c", make]);
  return name;
}
