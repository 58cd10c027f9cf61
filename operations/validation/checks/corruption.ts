import { amcheckCatalogs } from "../../recovery/verify/amcheck.ts";
import type { Check as Verified } from "../../recovery/verify/check.ts";
import { checkPages } from "../../recovery/verify/pages.ts";
import { readFound } from "../../recovery/verify/read.ts";
import { readAudits } from "../../recovery/verify/record.ts";
import { type Check, judged, ok, unknown } from "../check.ts";
import type { Context } from "../context.ts";
import { inDatabase } from "../in-database.ts";

/** What PostgreSQL has found broken by itself, and what the last audit found; thorough: catalogs and every page are read. */
export const checkCorruption = (context: Context): Promise<Check[]> =>
  inDatabase(context, names(context), async (client, container) => {
    const { docker, expectation, stack, depth } = context;
    const generation = container.slice(`${stack}-database-`.length);
    const remedy = `\`switchback audit --stack ${stack}\` says what is broken; docs/runbooks/corruption.md is the way back`;
    const { rows } = await client.query<{ kept: boolean; failures: number }>(
      "select current_setting('data_checksums') = 'on' as kept, coalesce(sum(checksum_failures), 0)::float8 as failures from pg_stat_database",
    );
    const { failures, kept } = rows[0]!;
    const { collations } = await readFound(client);
    const differing = collations.map(({ name }) => name).join(", ");
    const audit = (await readAudits(docker, stack)).findLast((one) => one.generation === generation);
    const failed = audit?.checks.filter(({ answer }) => answer === "no").map(({ name }) => name) ?? [];
    const quick = [
      kept
        ? judged(failures === 0, "page failures", `${failures}`, "0 since the statistics were reset", remedy)
        : unknown("page failures", "this data directory keeps no checksums"),
      judged(
        differing === "",
        "collations",
        differing || "as recorded",
        "as recorded",
        "use the image that the data was written with",
      ),
      ...(audit
        ? [judged(failed.length === 0, "last audit", failed.join(", ") || audit.at, "nothing found", remedy)]
        : []),
    ];
    if (depth === "quick") return quick;
    const [catalogs, { check }] = await Promise.all([
      amcheckCatalogs(docker, container, expectation.database!.name),
      checkPages(docker, client, container),
    ]);
    return [...quick, translated(catalogs, remedy), translated(check, remedy)];
  });

const names = ({ depth }: Context) => [
  ...["page failures", "collations"],
  ...(depth === "thorough" ? ["catalogs (amcheck)", "page checksums"] : []),
];

function translated({ name, answer, detail }: Verified, remedy: string): Check {
  if (answer === "yes") return ok(name, detail);
  return answer === "no" ? judged(false, name, detail, "nothing found", remedy) : unknown(name, detail);
}
