/** An image on the engine of a repository that the project's services come from. */
export interface ImageFact {
  readonly id: string;
  /** `repository:tag` and `repository@digest`. */
  readonly names: readonly string[];
  readonly bytes: number;
}

/** A backup point or dump of the stack's catalogue. */
export interface PointFact {
  readonly name: string;
  readonly kind: "safety" | "dump";
  /** RFC 3339 */
  readonly at: string;
  readonly generation: string;
  /** Releases and sets that ran then; none of a dump. */
  readonly releases: readonly string[];
  readonly sets: readonly string[];
  /** What else it holds on to: tables of a dump. */
  readonly of: string;
}

/** Everything that decides what is still needed. */
export interface GcFacts {
  readonly now: Date;
  readonly images: readonly ImageFact[];
  /** Ids of images that a container has, of whatever stack. */
  readonly used: ReadonlySet<string>;
  /** Tags and names of the images of every release that the project has a file of. */
  readonly releases: ReadonlySet<string>;
  readonly releaseImages: ReadonlySet<string>;
  /** Ids and names that a database keeps for the way back of its migrations. */
  readonly migrationImages: ReadonlySet<string>;
  /** Sets of the project; `platform`: it has what a platform set has. */
  readonly sets: readonly { readonly name: string; readonly platform: boolean }[];
  /** Names of sets that a release, a stack's config or a container names. */
  readonly namedSets: ReadonlySet<string>;
  readonly points: readonly PointFact[];
  /** By generation: when its oldest backup ended, RFC 3339; undefined: the repository could not be read. */
  readonly oldestBackups: ReadonlyMap<string, string> | undefined;
  readonly retentionDays: number;
  /** What could not be read: as long as there is something, what it could need is kept. */
  readonly unknown: readonly string[];
}
