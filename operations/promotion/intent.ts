import type Docker from "dockerode";
import { type Catalogue, type Promotion, servingGeneration } from "../generations/format.ts";
import { readRecord, writeRecord } from "../live/records.ts";

/** What a switch is recorded as. It is written before the pooler moves, so that a switch whose operation died is known. */
export interface Intent {
  readonly event: Promotion;
  /** Hash of the request that is done with it; null: none. */
  readonly request: string | null;
  /** Days that what is left stays evidence at least. */
  readonly keepDays: number;
  /** Commits that stay behind in what is left; null: unknown. */
  readonly behind: number | null;
}

const file = "promotion.json";

export const writeIntent = (docker: Docker, stack: string, intent: Intent): Promise<void> =>
  writeRecord(docker, stack, file, `${JSON.stringify(intent)}\n`);

/** The last switch that was about to happen; undefined: there was none yet. */
export async function readIntent(docker: Docker, stack: string): Promise<Intent | undefined> {
  const text = await readRecord(docker, stack, file);
  return text === undefined ? undefined : (JSON.parse(text) as Intent);
}

/** The catalogue after a switch: its promotion, the request done, and until when each generation that stands still is kept. */
export function withPromotion(catalogue: Catalogue, { event, request, keepDays }: Intent): Catalogue {
  const requests = catalogue.requests.map((one) => (one.hash === request ? { ...one, state: "done" as const } : one));
  const switched = { ...catalogue, promotions: [...catalogue.promotions, event], requests };
  return withDates(switched, event.at, keepDays);
}

/**
 * The catalogue in which each generation that stands still has a date until which it is evidence at least, and the one
 * that serves has none. One that a pending request makes is not there yet.
 */
export function withDates(catalogue: Catalogue, at: string, keepDays: number): Catalogue {
  const serving = servingGeneration(catalogue);
  const made = catalogue.requests.filter(({ state }) => state === "pending").map(({ generation }) => generation);
  const until = new Date(Date.parse(at) + keepDays * 86_400_000).toISOString();
  const generations = catalogue.generations.map((generation) => {
    if (generation.name === serving) return { ...generation, state: "ready" as const, keepUntil: null };
    return made.includes(generation.name) ? generation : { ...generation, keepUntil: generation.keepUntil ?? until };
  });
  return { ...catalogue, generations };
}

/**
 * The catalogue as it counts: once the pooler has switched, the request is done and the generation serves, also when the
 * operation died before it wrote that.
 * @param pointed generation to which the pooler's entries point; undefined: nobody knows
 */
export function asSwitched(catalogue: Catalogue, intent: Intent | undefined, pointed: string | undefined): Catalogue {
  if (!intent || pointed !== intent.event.generation) return catalogue;
  const serving = catalogue.promotions.at(-1)?.generation ?? null;
  return serving === intent.event.from && serving !== pointed ? withPromotion(catalogue, intent) : catalogue;
}
