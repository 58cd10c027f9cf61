import { plainName, type Statement, splitCommas, statements } from "./sql.ts";

/** Something a statement does that can lose values, break an earlier release, or end the transaction. */
export interface Finding {
  readonly does: "drops" | "empties" | "renames" | "retypes" | "removes" | "tightens" | "leaves the transaction";
  /** Table, `table.column` or other object; for `leaves the transaction` the statement. */
  readonly what: string;
}

/** What of the above an SQL text does. */
export const examine = (sql: string): Finding[] => statements(sql).flatMap(examineStatement);

const name = String.raw`((?:"(?:[^"]|"")+"|[\w$]+)(?:\.(?:"(?:[^"]|"")+"|[\w$]+))*)`;
const table = new RegExp(`^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?${name}(?: \\*)? (.*)$`, "i");
const drop = /^DROP (MATERIALIZED VIEW|FOREIGN TABLE|EVENT TRIGGER|\w+) (?:IF EXISTS )?(.*)$/i;
const holdsValues = /^(table|foreign table|schema|type|domain|sequence|database|owned|extension)$/i;

function examineStatement({ text, bodies }: Statement): Finding[] {
  if (/^DO\b/i.test(text)) return bodies.flatMap(examineBlock);
  if (leaves.test(text) || (/\bCONCURRENTLY\b/i.test(text) && /\bINDEX\b/i.test(text)))
    return [{ does: "leaves the transaction", what: text.slice(0, 60) }];
  const altered = table.exec(text);
  if (altered) return splitCommas(altered[2] ?? "").flatMap((action) => examineAction(plainName(altered[1]!), action));
  const dropped = drop.exec(text);
  if (dropped) return examineDrop(dropped[1]!, dropped[2]!);
  const emptied = new RegExp(`^(?:TRUNCATE(?: TABLE)?|DELETE FROM)(?: ONLY)? ${name}`, "i").exec(text);
  if (emptied) return [{ does: "empties", what: plainName(emptied[1]!) }];
  const other = new RegExp(`^ALTER (?:MATERIALIZED VIEW|\\w+) (?:IF EXISTS )?${name} (.*)$`, "i").exec(text);
  if (!other) return [];
  if (/^(RENAME|SET SCHEMA)\b/i.test(other[2]!)) return [{ does: "renames", what: plainName(other[1]!) }];
  if (/^ALTER TYPE /i.test(text) && /^(DROP|ALTER) ATTRIBUTE\b/i.test(other[2]!))
    return [{ does: "retypes", what: plainName(other[1]!) }];
  return [];
}

/** The body of a DO block, in which BEGIN and END are no transactions. */
const examineBlock = (body: string) =>
  statements(body)
    .map(({ text, bodies }) => ({ text: text.replace(/^(?:.*\b(?:BEGIN|THEN|ELSE|LOOP) )/i, ""), bodies }))
    .flatMap(examineStatement)
    .filter(({ does }) => does !== "leaves the transaction");

const leaves = /^(BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE TRANSACTION|VACUUM)\b/i;

/** One action of an ALTER TABLE. */
function examineAction(of: string, action: string): Finding[] {
  const column = (match: RegExpExecArray) => `${of}.${plainName(match[1]!)}`;
  if (/^(RENAME|SET SCHEMA)\b/i.test(action)) return [{ does: "renames", what: of }];
  if (/^DROP CONSTRAINT\b/i.test(action)) return [];
  const dropped = new RegExp(`^DROP (?:COLUMN )?(?:IF EXISTS )?${name}`, "i").exec(action);
  if (dropped) return [{ does: "drops", what: column(dropped) }];
  const altered = new RegExp(`^ALTER (?:COLUMN )?${name} (.*)$`, "i").exec(action);
  if (altered) {
    if (/^(SET DATA )?TYPE\b/i.test(altered[2]!)) return [{ does: "retypes", what: column(altered) }];
    if (/^(SET NOT NULL|DROP DEFAULT)\b/i.test(altered[2]!)) return [{ does: "tightens", what: column(altered) }];
    return [];
  }
  const added = new RegExp(`^ADD (?:COLUMN )?(?:IF NOT EXISTS )?${name} (.*)$`, "i").exec(action);
  const filled = /\b(DEFAULT|GENERATED|SMALLSERIAL|SERIAL|BIGSERIAL)\b/i;
  if (added && /\bNOT NULL\b/i.test(added[2]!) && !filled.test(added[2]!) && !isConstraint(added[1]!))
    return [{ does: "tightens", what: column(added) }];
  return [];
}

const isConstraint = (word: string) => /^(constraint|check|unique|primary|foreign|exclude)$/i.test(word);

function examineDrop(kind: string, rest: string): Finding[] {
  if (/^index$/i.test(kind)) return [];
  const names = splitCommas(rest.replace(/ (CASCADE|RESTRICT)$/i, ""));
  const does = holdsValues.test(kind) ? "drops" : "removes";
  return names.map((each) => ({ does, what: plainName(each.split(/[ (]/)[0]!) }));
}
