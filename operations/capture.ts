import { parseArgs } from "node:util";
import { capture, captureFolder } from "./capture/capture.ts";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runProgram } from "./live/program.ts";

/** `node operations/capture.ts <stack> [--to FOLDER] [--reason WHY] [--json]`, in the project's folder. */
runProgram(async () => {
  const options = { to: { type: "string" }, reason: { type: "string" }, json: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [stack] = positionals;
  if (!stack) throw new Error("expected `node operations/capture.ts <stack>`");
  const docker = connect();
  const occasion = { reason: values.reason ?? process.env.SWITCHBACK_REASON ?? "", actor: actor() };
  const taken = await capture(docker, stack, values.to ?? captureFolder(stack), occasion);
  const { folder, files, bytes, manifest, left } = taken;
  const entry = { event: "captured", operation: "capture", folder, files, manifest, ...occasion };
  await appendJournal(docker, stack, entry).catch((error: Error) =>
    console.error(`not in the journal: ${error.message}`),
  );
  if (values.json) return console.log(JSON.stringify(taken, null, 2));
  console.log(`${folder}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
  console.log(`MANIFEST.sha256 is ${manifest}`);
  for (const one of left) console.log(`without ${one}`);
});
