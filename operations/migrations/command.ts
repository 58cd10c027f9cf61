import type Docker from "dockerode";
import type { Lineage, Migration } from "../../stacks/lineage.ts";
import { connectDatabase } from "../database/connect.ts";
import { removeTools, runTool, type ToolOutput } from "./tool.ts";
import { createToolRole, type ToolRole } from "./tool-role.ts";

/** Where a tool finds itself and the database. */
export interface ToolPlace {
  readonly docker: Docker;
  readonly stack: string;
  /** Container of the database, and a network that it is in. */
  readonly container: string;
  readonly network: string;
  readonly database: string;
  /** Role that owns the database. */
  readonly owner: string;
  /** Images that may know the wanted head: those of the colors' releases. */
  readonly images: readonly string[];
}

/** A tool with access to the database, for the time of one change. */
export interface Tool {
  /** Role that its sessions have. */
  readonly role: string;
  /** The revision the database is at; "": before the first. @throws when there are several */
  current(image: string): Promise<string>;
  /** The last revision an image knows. @throws when there are several: which of them is meant, nobody could say */
  lastOf(image: string): Promise<string>;
  move(image: string, direction: "up" | "down", to: string): Promise<ToolOutput>;
  close(): Promise<void>;
}

/** Ends what is left of an earlier one. @param lineage one that has a `command` */
export async function openTool(place: ToolPlace, lineage: Lineage, lockTimeoutMs: number): Promise<Tool> {
  const { docker, stack, container, network, database, owner } = place;
  const { command } = lineage;
  if (!command) throw new Error("expected a lineage with a command, got migrations in files");
  const { NetworkSettings } = await docker.getContainer(container).inspect();
  const address = NetworkSettings.Networks[network]?.IPAddress;
  if (!address) throw new Error(`expected ${container} to be in the network ${network}, got no address; run \`up\``);
  await removeTools(docker, stack);
  const admin = await connectDatabase(docker, { container, database, user: "postgres" });
  const role = await createToolRole(admin, database, owner).catch(async (error) => {
    await admin.end();
    throw error;
  });
  const call = async (purpose: string, image: string, argv: readonly string[], head = "") =>
    runTool(docker, {
      stack,
      // Images are asked side by side.
      purpose: `${purpose}-${image.replace(/^sha256:/, "").slice(0, 12)}`,
      image,
      network,
      argv: argv.map((part) => part.replaceAll("{head}", head || command.base)),
      env: { ...command.env, PGSERVICEFILE: "/run/secrets/pg_service.conf", PGSERVICE: "switchback" },
      secrets: secretsOf(role, address, database, lockTimeoutMs),
    });
  const revisions = async (purpose: "current" | "heads", image: string) => {
    const argv = command[purpose];
    const output = await call(purpose, image, argv);
    if (output.exitCode !== 0) throw failed(argv, output);
    const words = output.stdout.split("\n").map((line) => line.trim().split(/\s+/)[0] ?? "");
    return [...new Set(words.filter((word) => word && word !== command.base))];
  };
  return {
    role: role.name,
    async current(image) {
      const found = await revisions("current", image);
      if (found.length > 1)
        throw new Error(
          `expected the database at one revision, got ${found.join(", ")}; merge them into one, or go to one by hand`,
        );
      return found[0] ?? "";
    },
    async lastOf(image) {
      const found = await revisions("heads", image);
      if (found.length > 1)
        throw new Error(
          `expected one last revision in ${image}, got ${found.length}: ${found.join(", ")}; merge them (alembic merge heads), and build the image again`,
        );
      return found[0] ?? "";
    },
    move: (image, direction, to) => call("move", image, command[direction], to),
    async close() {
      try {
        await role.drop();
      } finally {
        await admin.end();
      }
    },
  };
}

/** In files, because environments are shown by `docker inspect`. libpq reads a service file whatever its mode. */
function secretsOf({ name, password }: ToolRole, host: string, database: string, lockTimeoutMs: number) {
  const options = `-c lock_timeout=${Math.round(lockTimeoutMs)}`;
  return {
    "/run/secrets/database-url": `postgresql://${name}:${password}@${host}:5432/${database}?options=${encodeURIComponent(options)}`,
    "/run/secrets/pg_service.conf": `[switchback]\nhost=${host}\nport=5432\ndbname=${database}\nuser=${name}\npassword=${password}\noptions=${options}\napplication_name=switchback-migration\n`,
  };
}

export const failed = (argv: readonly string[], { exitCode, stdout, stderr }: ToolOutput): Error =>
  new Error(
    `expected \`${argv.join(" ")}\` to succeed, got exit ${exitCode}: ${(stderr.trim() || stdout.trim()).split("\n").slice(-12).join("\n").slice(-1500)}`,
  );

/** @throws when a step back is irreversible */
export function expectWayBack(migrations: readonly Migration[]): void {
  const stuck = migrations.find(({ down }) => down === "irreversible");
  if (!stuck) return;
  throw new Error(
    `${stuck.name}: expected a way back, got irreversible; only level 3 goes back, to a backup point from before it`,
  );
}
