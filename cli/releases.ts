import { type Flags, flag, text } from "./flags.ts";
import { runAsking, type Verb } from "./verb.ts";

function verb(name: string, summary: string, more: Flags = {}): Verb {
  const flags = { ...more, json: flag("j") };
  return {
    summary,
    flags,
    run: (call) => runAsking(call, "releases", Object.keys(flags), name, ...call.words),
  };
}

export const releasesList = verb("list", "every release: where it runs, the schemas it accepts, its tags");
export const releasesRecord = verb("record", "TAG: write releases/TAG.yaml from the images of that tag", {
  set: text(),
});
export const releasesCompose = verb("compose", "TAG SERVICE=RELEASE...: write a release made of others", {
  set: text(),
});
export const releasesTag = verb("tag", "[RELEASE]: tag it as golden, or --name, with the data of now, or --point", {
  name: text(),
  point: text(),
  reason: text(),
});
export const releasesDiff = verb("diff", "A B: what differs between two releases, or tags");
