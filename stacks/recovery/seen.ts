import type { Behind } from "../../operations/recovery/behind.ts";
import type { BasePoint } from "../../operations/recovery/clone/base-points.ts";
import type { Probed } from "../probe-bounded.ts";
import type { ArchivedSegment, PastRestore, RecoveryFacts } from "./facts.ts";
import type { FileCopy } from "./probe-files.ts";
import type { Resolved } from "./resolution.ts";
import type { Disks } from "./space.ts";

/** What a run finds where its config asks for other data. */
export interface Seen {
  readonly facts: RecoveryFacts;
  readonly restores: Probed<readonly PastRestore[]>;
  /** What the target means; undefined: it is not new. */
  readonly resolved: Resolved | undefined;
  /** WAL from the base on; undefined: none is needed. */
  readonly segments: Probed<readonly ArchivedSegment[]> | undefined;
  readonly disks: Probed<Disks>;
  /** Of the generation that the data comes from; undefined: no clone is wanted. */
  readonly basePoints: Probed<readonly BasePoint[]> | undefined;
  /** Major version of PostgreSQL in the image. */
  readonly image: Probed<string>;
  /** Copies of the services' files; unset: the stack saves none. */
  readonly files?: Probed<readonly FileCopy[]> | undefined;
  /** Volumes of the generation that is to serve again which are not there; unset: none is to. */
  readonly gone?: Probed<readonly string[]> | undefined;
  /** What would stay behind in the generation that serves; undefined: nobody knows since when. */
  readonly behind: Probed<Behind> | undefined;
}
