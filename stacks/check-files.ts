import type Docker from "dockerode";
import { runTool } from "../operations/migrations/tool.ts";
import { no, unknown, yes } from "./condition.ts";
import type { PlatformServicePlan } from "./platform-plan.ts";
import type { Condition } from "./verdict.ts";

/** How much of a tool's words a verdict repeats. */
const shownLines = 6;

/** Lets the tools in a service's own image check its files, each in a container of its own without a network. */
export async function checkFiles(docker: Docker, stack: string, service: PlatformServicePlan): Promise<Condition[]> {
  const { name, image, checks, files, secrets } = service;
  const mounted = Object.entries(secrets).map(([file, value]) => [`/run/secrets/${file}`, value]);
  return Promise.all(
    checks.map(async (argv, index) => {
      const condition = `platform-${name}`;
      try {
        const output = await runTool(docker, {
          stack,
          purpose: `check-${name}-${index}`,
          image: image.reference,
          network: "none",
          argv,
          env: {},
          secrets: { ...files, ...Object.fromEntries(mounted) },
        });
        if (output.exitCode === 0) return yes(condition, `${argv.join(" ")} accepts its files`);
        return no(
          condition,
          `expected \`${argv.join(" ")}\` to accept the files of the platform set, got: ${said(output)}; correct them, or name another set: pulumi config set --path platform.set`,
        );
      } catch (error) {
        const { statusCode, message } = error as { statusCode?: number; message: string };
        const missing = statusCode === 404 && /no such image/i.test(message);
        const way = missing ? `; the image is not here: docker pull ${image.label}` : "";
        return unknown(condition, `\`${argv.join(" ")}\` could not be run in ${image.label}: ${message}${way}`);
      }
    }),
  );
}

const said = ({ stdout, stderr }: { stdout: string; stderr: string }) =>
  `${stderr}\n${stdout}`
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /fail|error|invalid|unknown|not found|unmarshal/i.test(line))
    .slice(0, shownLines)
    .join(" | ") || `${stderr}${stdout}`.trim().slice(0, 500);
