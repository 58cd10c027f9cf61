import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import type { ServiceValidation, ValidationConfig } from "../../stacks/schema-validation.ts";
import { readRecord, writeRecord } from "../live/records.ts";
import type { RouterGoal } from "../router/goal.ts";

export interface ExpectedContainer {
  readonly name: string;
  readonly role: "service" | "platform" | "router" | "database" | "pooler" | "scheduler" | "cache";
  /** Value of its label `switchback.spec`; unset: it has none. */
  readonly spec?: string | undefined;
  /** Of a service. */
  readonly color?: ColorName | undefined;
  /** Network to fixed address. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** What a validation asks of a service of a color, or of one of the platform. */
export interface ExpectedService extends ServiceValidation {
  readonly name: string;
  /** undefined: one of the platform, which has none. */
  readonly color: ColorName | undefined;
  readonly port: number | undefined;
  readonly webSockets: readonly string[];
  readonly route: { readonly path: string; readonly host?: string | undefined } | undefined;
  readonly network: string;
  readonly replicas: readonly { readonly container: string; readonly address: string }[];
}

/** What the last `up` that was let through was to reach. It holds no secret. */
export interface Expectation {
  readonly version: 1;
  readonly goal: RouterGoal;
  readonly containers: readonly ExpectedContainer[];
  readonly networks: readonly { readonly name: string; readonly subnet: string }[];
  /** Name in the stack's networks to the addresses that it may stand for. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly services: readonly ExpectedService[];
  /** Ports in the router's container that speak HTTPS. */
  readonly tlsPorts: readonly number[];
  /** null: the stack has none. */
  readonly database: {
    readonly name: string;
    /** null: nobody knew it. */
    readonly head: string | null;
    readonly container: string;
    readonly open: Readonly<Record<ColorName, boolean>>;
  } | null;
  /** Container; null: the stack has none. */
  readonly cache: string | null;
  readonly thresholds: Omit<ValidationConfig, "services">;
}

const file = "expectation.json";

/** Leaves what an update is to reach, for everybody who looks at the live system after it. */
export const recordExpectation = (docker: Docker, stack: string, expectation: Expectation): Promise<void> =>
  writeRecord(docker, stack, file, `${JSON.stringify(expectation)}\n`);

/** @throws when there is none, or one of another version */
export async function readExpectation(docker: Docker, stack: string): Promise<Expectation> {
  const found = parsed((await readRecord(docker, stack, file)) ?? "null");
  if (found?.version === 1) return found;
  throw new Error(`expected ${file} in ${stack}-records, got ${found ? "another version" : "none"}`);
}

function parsed(text: string): Expectation | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
