import { z } from "zod";

const seconds = (max: number) => z.number().int().min(0).max(max);

const hours = (standard: number) =>
  z
    .number()
    .int()
    .min(0)
    .max(24 * 365)
    .default(standard);

const repositoryOption = z
  .string()
  .regex(/^repo1-(?!retention)[a-z0-9-]+$/, "expected an option of pgBackRest's repo1, other than its retention");

/** Name of a migration: the part before the first `_` of its file, or a revision of the tool that runs it. */
export const head = z
  .union([z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, "expected the id of a migration"), z.number().int().min(0)])
  .transform(String);

/** The database of a stack, its pooler, its backups and its migrations. */
export const database = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,40}$/, "expected a name of lower-case letters, digits and underscores, at most 41 long")
    .describe("Name of the database. Roles and pooler entries are named after it: `<name>_blue`, `<name>_green`."),
  secret: z
    .string()
    .describe(
      "Key in `secrets` from which the password of each role is derived; `docs/runbooks/rotate-password.md` changes it.",
    ),
  memoryMb: z.number().int().min(128).default(512).describe("Memory limit of PostgreSQL, in MiB."),
  parameters: z
    .record(z.string().regex(/^[a-z_.]+$/, "expected the name of a parameter"), z.string())
    .default({})
    .describe("Parameters of PostgreSQL, as in postgresql.conf; quote numbers."),
  stopSeconds: seconds(3600)
    .default(120)
    .describe("Time PostgreSQL gets to stop, when its container is replaced or another generation serves."),
  pooler: z
    .strictObject({
      memoryMb: z.number().int().min(16).default(64).describe("Memory limit of PgBouncer, in MiB."),
      poolSize: z.number().int().min(1).max(500).default(20).describe("Server connections of each color's entry."),
      maxClients: z.number().int().min(1).max(20000).default(500).describe("Client connections in all."),
      queryWaitSeconds: z
        .number()
        .int()
        .min(1)
        .max(600)
        .default(30)
        .describe("Longest time a query may wait for a server connection (PgBouncer's `query_wait_timeout`)."),
      session: z
        .boolean()
        .default(false)
        .describe(
          "Whether each color also has a session-mode entry, `<name>_<color>_session`, for LISTEN. Never held: cut at a switch.",
        ),
    })
    .prefault({})
    .describe("PgBouncer in front of the database."),
  migrations: z
    .strictObject({
      folder: z
        .string()
        .regex(/^[\w./-]+$/, "expected a folder below the project's")
        .default("migrations")
        .describe("Folder of the migrations, relative to the project."),
      lockTimeoutMs: z
        .number()
        .int()
        .min(10)
        .max(60000)
        .default(1000)
        .describe("How long a statement waits for a lock."),
      attempts: z.number().int().min(1).max(20).default(3).describe("How often a migration that got no lock is tried."),
      blockers: z
        .enum(["fail", "cancel"])
        .default("fail")
        .describe("What happens to transactions that hold a lock the migration needs: wait and fail, or cancel them."),
    })
    .prefault({})
    .describe("How the schema moves."),
  backup: z
    .strictObject({
      maxAgeHours: z
        .number()
        .int()
        .min(1)
        .max(24 * 90)
        .default(6)
        .describe("Oldest base on which a safety backup may stand, in hours."),
      countSeconds: seconds(60)
        .default(2)
        .describe("Time a safety backup may spend on counting and hashing rows; what is left out is `unknown`."),
      fileSeconds: seconds(600)
        .min(1)
        .default(20)
        .describe(
          "Time a safety backup may spend on the files of the services' volumes; one that takes longer stands on its last copy, if that is at most `maxAgeHours` old.",
        ),
      fullHours: hours(24 * 7).describe(
        "A full backup is taken when the last is this old, in hours; 0: only the first.",
      ),
      diffHours: hours(24).describe("A differential backup, likewise; 0: never."),
      incrHours: hours(3).describe("An incremental backup, likewise; 0: never. Keep it below `maxAgeHours`."),
      retentionDays: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .default(90)
        .describe(
          "How long every moment, and every safety backup, can be gone back to; the scheduler prints what that needs.",
        ),
      basePoints: z
        .strictObject({
          everyMinutes: z
            .number()
            .int()
            .min(0)
            .max(24 * 60)
            .default(30)
            .describe("One is taken this often, in minutes; 0: only before a change."),
          keep: z
            .number()
            .int()
            .min(0)
            .max(1000)
            .default(8)
            .describe("How many are kept, the newest; each holds the blocks that were overwritten since. 0: none."),
        })
        .prefault({})
        .describe(
          "Copies of the data beside it that share its blocks (XFS, btrfs), from which level 3 is a clone whatever the size. They are on the disk of the data: no backup. Elsewhere none is taken.",
        ),
      repository: z
        .strictObject({
          options: z
            .record(repositoryOption, z.string().regex(/^[^\n]+$/, "expected one line"))
            .default({})
            .describe('Options of pgBackRest, such as `repo1-type: "s3"` and `repo1-s3-bucket`.'),
          secrets: z
            .record(repositoryOption, z.string())
            .default({})
            .describe(
              "Options whose value is secret, such as `repo1-s3-key` or `repo1-cipher-pass`: their key in `secrets`.",
            ),
        })
        .optional()
        .describe("Another repository than the volume, or how it is encrypted. Unset: the volume, in clear."),
      memoryMb: z.number().int().min(64).default(256).describe("Memory limit of the scheduler's container, in MiB."),
    })
    .prefault({})
    .describe("Backups by pgBackRest."),
});

export type DatabaseConfig = z.output<typeof database>;
