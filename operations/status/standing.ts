import type Docker from "dockerode";
import { closedBy } from "../../stacks/lineage.ts";
import { bounded, type Probed } from "../../stacks/probe-bounded.ts";
import { readJournal } from "../live/journal.ts";
import type { RollbackFacts } from "../rollback/facts.ts";
import { readRollbackFacts } from "../rollback/read.ts";
import { type LastRollback, type LevelNow, lastRollback, levelsNow } from "./levels.ts";

/** What a stack can do, by the project's files and the live system together. */
export interface Standing {
  readonly levels: Probed<readonly LevelNow[]>;
  /** Why a color is closed, by color; empty: none is. */
  readonly closed: Probed<Readonly<Record<string, string>>>;
  /** null: there was none. */
  readonly rollback: Probed<LastRollback | null>;
}

/** Reads it in the project's folder. It changes nothing and takes no lock. */
export async function readStanding(docker: Docker, stack: string): Promise<Standing> {
  const [facts, rollback] = await Promise.all([
    bounded(() => readRollbackFacts(docker, stack)),
    bounded(async () => lastRollback(await readJournal(docker, stack)) ?? null),
  ]);
  if ("unknown" in facts) return { levels: facts, closed: facts, rollback };
  return { levels: { value: levelsNow(facts.value) }, closed: { value: closedIn(facts.value) }, rollback };
}

function closedIn({ colors, head, lineage, releases }: RollbackFacts): Record<string, string> {
  if (!lineage || head === undefined) return {};
  const accepts = (release: string | null) => (release === null ? null : (releases.get(release)?.accepts ?? null));
  const closed = closedBy(head, { blue: accepts(colors.blue.release), green: accepts(colors.green.release) });
  return Object.fromEntries(
    closed.map((color) => {
      const { min, max } = accepts(colors[color].release)!;
      return [
        color,
        `${colors[color].release} accepts schema ${min || "0"} to ${max || "0"}, and it is ${head || "0"}`,
      ];
    }),
  );
}
