import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

/** Who runs `up` on a live system. Another owner is refused until it adopts the stack. */
export interface Owner {
  readonly engine: "pulumi" | "embedded";
  /** Hash of the backend's URL, with the host's name when the state lies in a folder of this host. */
  readonly stateId: string;
  readonly project: string;
  readonly stack: string;
}

/** The owner that this process acts for, from the environment that the engine gives it. */
export function currentOwner(project: string, stack: string): Owner {
  const engine = process.env.SWITCHBACK_ENGINE === "embedded" ? "embedded" : "pulumi";
  return { engine, stateId: stateId(engine === "embedded" ? embeddedBackend() : pulumiBackend()), project, stack };
}

export const sameOwner = (a: Owner, b: Owner): boolean =>
  a.engine === b.engine && a.stateId === b.stateId && a.project === b.project && a.stack === b.stack;

function stateId(url: string): string {
  const place = url.startsWith("file://") ? `${hostname()} ${url}` : url;
  return createHash("sha256").update(place).digest("hex").slice(0, 16);
}

const embeddedBackend = () => `file://${join(process.cwd(), ".switchback/state")}`;

// The order in which the CLI looks for its backend: environment, project file, login.
function pulumiBackend(): string {
  const url = process.env.PULUMI_BACKEND_URL || projectBackend() || login() || "https://api.pulumi.com";
  return url.replace(/^file:\/\/~/, `file://${homedir()}`);
}

function projectBackend(): string | undefined {
  return existsSync("Pulumi.yaml") ? parse(readFileSync("Pulumi.yaml", "utf8"))?.backend?.url : undefined;
}

function login(): string | undefined {
  const file = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "credentials.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).current : undefined;
}
