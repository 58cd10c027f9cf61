import type { BackupPoint, DumpPoint } from "../../operations/backup/point.ts";
import type { Catalogue } from "../../operations/generations/format.ts";
import type { RestoreReport } from "../../operations/recovery/report.ts";
import type { Probed } from "../probe-bounded.ts";
import type { Stanza } from "./stanza.ts";

/** The server of the generation that serves. */
export interface LiveServer {
  /** RFC 3339, by its own clock. */
  readonly now: string;
  readonly lsn: string;
  readonly timeline: number;
  readonly systemIdentifier: string;
  /** Major version. */
  readonly postgres: string;
  /** Databases whose texts were sorted by another version of a collation than the server has. */
  readonly collationsChanged: readonly string[];
  /** It believes WAL to be in the repository that is not there. */
  readonly gap: boolean;
}

/** A change of the schema, as the journal has it. */
export interface HeadMove {
  /** RFC 3339, when it was journalled; it was committed at most `seconds` before. */
  readonly at: string;
  readonly seconds: number;
  readonly from: string;
  readonly to: string;
}

/** A restore that came to its end, as the journal has it. */
export type PastRestore = Pick<
  RestoreReport,
  "seconds" | "copySeconds" | "replaySeconds" | "bytes" | "walBytes" | "way"
>;

/** A WAL segment in the repository. */
export interface ArchivedSegment {
  readonly name: string;
  /** RFC 3339, when it was put there. */
  readonly at: string;
}

/** What a target is resolved by. Nothing of it is guessed: what was not answered is unknown. */
export interface RecoveryFacts {
  readonly catalogue: Catalogue;
  readonly points: Probed<readonly BackupPoint[]>;
  readonly dumps: Probed<readonly DumpPoint[]>;
  /** By generation. */
  readonly stanzas: Probed<ReadonlyMap<string, Stanza>>;
  readonly server: Probed<LiveServer>;
  readonly moves: Probed<readonly HeadMove[]>;
  /** Head of the schema of the generation that serves, or the one recorded last; undefined: nobody knows. */
  readonly head: string | undefined;
  /** RFC 3339, by this machine's clock. */
  readonly now: string;
}
