import type { Runbook } from "./runbook.ts";

export const lostState: Runbook = {
  name: "lost-state",
  title: "The engine does not know the stack",
  symptom: "the engine does not know the running stack any more",
  example: {},
  parts: [
    {
      blocks: [
        {
          when: [
            "The folder with the engine's state is gone, the disk of the machine that ran `up` too, or another machine is to go on. The",
            "stack runs. `up` finds an empty state, and refuses to make everything once more:",
          ],
        },
        {
          output: [
            '    error: BeforeCreate hook "reclaim-leftovers" failed: expected {stack}-platform to be in the engine\'s state, got a network in use that the state does not know; bring the right state back (docs/runbooks/lost-state.md)',
          ],
        },
        [
          "Nothing that serves was touched. Traffic can be moved meanwhile:",
          '`docker exec {stack}-router switchback-route blue --because "…"`.',
        ],
        [
          "Each `npx switchback up` that succeeds keeps the state it left beside the stack, in the records, with its secrets",
          "encrypted by the stack's passphrase. Bring that back:",
        ],
        {
          id: "back",
          steps: [
            { run: "npx switchback status --stack {stack}", shows: /^serves +/m },
            { run: "npx switchback stack init {stack} || true", because: '"already exists" is fine' },
            { run: "docker exec {stack}-records cat /records/state.json > state.json" },
            { run: "npx switchback stack import --file state.json --stack {stack}" },
            { run: "npx switchback preview --stack {stack}", shows: /\d+ unchanged/ },
            { run: "rm state.json" },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        [
          "The file `Pulumi.{stack}.yaml`, the passphrase and the folders `releases`, `sets`, `migrations` come from git and from",
          "where you keep secrets. On another machine, or with the other engine, the live system has another owner; take it over",
          "before the preview:",
        ],
        { id: "adopt", steps: [{ run: "npx switchback stack adopt --stack {stack}" }] },
        { sees: "The preview has nothing to do:", output: ["Resources:", "    42 unchanged"] },
        { costs: "A minute. Nothing that serves changes." },
        { back: "There is nothing to go back from: an import changes no container." },
        [
          "**If the preview is not empty.** The state is older than the stack: somebody ran `pulumi up` itself, which keeps nothing in",
          "the records, or the last run was killed. What a later run made is then unknown to it: `npx switchback refresh` takes out",
          "what is not there any more, and `up` names each container that it does not know. One that does not serve may be removed",
          "(`docker rm -f`), and is made again. Who runs `pulumi up` should keep `pulumi stack export` himself, or use a backend that",
          "keeps versions.",
        ],
        "Adopting alone does not help here: it says who owns the stack, and gives an engine no state.",
      ],
    },
  ],
};
