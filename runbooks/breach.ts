import type { Runbook } from "./runbook.ts";

export const breach: Runbook = {
  name: "breach",
  title: "Somebody is in the system",
  symptom: "somebody is in the system who should not be",
  example: {
    evidence: "production-evidence-20261121T121731Z",
    folder: "/mnt/usb",
    time: "2026-11-20T22:00:00Z",
  },
  parts: [
    {
      blocks: [
        {
          when: [
            "A web shell, a process that nobody started, data that leaves. Contain it first and keep the evidence; what happened is",
            "found out afterwards. Do not stop or restart containers, and do not roll back yet: memory is gone with a stopped",
            "process.",
          ],
        },
        {
          id: "isolate",
          steps: [
            {
              run: 'npx switchback isolate --yes --reason "web shell found" --stack {stack}',
              shows: /cut \d+ containers from every network/,
            },
            { run: "npx switchback status --stack {stack}", shows: /^isolated +since /m },
          ],
        },
        [
          "Nothing that could be wrong with the rest of the config or of the stack stops this: only the Docker engine and the",
          "owner are asked.",
        ],
        {
          sees: "Who is cut, and where the evidence is.",
          output: [
            " ~  command:local:Command isolation updating cut 6 containers from every network in 0.3 s; they run on",
            " ~  command:local:Command router updating switching blue 1.1.0 -> isolate",
            " ~  command:local:Command isolation updating evidence of 8 containers and 3 volumes is in {evidence}: 35 files",
          ],
        },
        [
          "- The router answers 503 to everybody, also to those with a bypass token.",
          "- Every other container is cut from every network and put into `{stack}-isolation`, which has no way out; containers in it",
          "  reach neither each other nor the host. They run on, and Docker does not start them again (`--restart=no`). The scheduler of",
          "  backups is paused, so that no backup expires.",
          "- For each container the evidence has how it was made (`inspect.json`), its log, the files that it changed (`diff.json`) and its",
          "  processes; the volumes of services, pooler, cache and router as archives; and `MANIFEST.sha256`, whose own hash is in the",
          "  journal. Volumes of data and backups are named, and stay where they are. The router's volume may hold its private key: so does",
          "  the evidence.",
        ],
        {
          id: "evidence",
          steps: [
            { run: "npx switchback evidence list --stack {stack}", shows: /evidence-/ },
            { run: "npx switchback evidence export {evidence} --to {folder} --stack {stack}" },
            {
              run: "docker top {stack}-green-orders-1",
              because: "look, live; or: docker exec, docker run --rm -it --network container:{stack}-green-orders-1 …",
              shows: /server\.js/,
            },
          ],
        },
        [
          "Until it ends, every container is protected and its drift ignored: another `up`, also with `--refresh`, changes nothing,",
          "and one that somebody connects to a network again is cut by the next `up`. `destroy` is refused. So is every change of",
          "color, release, set, schema or data:",
        ],
        {
          output: [
            "      isolate: ann@ops isolated the stack at 2026-11-21T12:17:31.163Z; expected nothing else to change meanwhile, got activeColor blue -> green; a false alarm? take that back, then: pulumi config set --path router.isolate false; else see docs/runbooks/breach.md",
          ],
        },
        {
          costs: [
            "The application is away. Everything is cut within a second of the command's start; the evidence takes ten more, and",
            "longer with large volumes. A volume for which the disk has no room is left out, and named.",
          ],
        },
      ],
    },
    {
      title: "It was a false alarm",
      blocks: [
        {
          id: "false-alarm",
          steps: [
            {
              run: 'npx switchback clear --false-alarm --yes --reason "it was the scanner" --stack {stack}',
              shows: /clear: done/,
            },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        [
          "Every container gets its networks, addresses and restart policy back, the same processes go on, the color that served",
          "passes its gate, and is served. The evidence stays.",
        ],
      ],
    },
    {
      title: "It was none: run again, on fresh containers",
      blocks: [
        [
          "Know first when it began, and how they got in. Close the hole, and choose what is to run: a release that you have",
          "verified, and data from before it. A second name approves the clearance.",
        ],
        {
          id: "clear",
          steps: [
            {
              run: "npx switchback config set targetTime {time} --stack {stack}",
              because: "where data are not to be trusted since",
            },
            {
              run: 'npx switchback clear --approved-by bob --yes --reason "hole closed in 2.1.1" --stack {stack}',
              shows: /cleared by .*: what was isolated stands aside/,
            },
          ],
        },
        [
          "It counts for the isolation that began before it, and for no later one. Release and set are those of the config, by",
          "digest; set `colors.<color>.imageTag` and `activeColor` before it, if they are to be others. Change the secrets too:",
          "`secrets.database` gives every role another password.",
        ],
        {
          sees: [
            "Every container of the stack is made anew, the router and kept generations included; each isolated one stands aside,",
            "under another name.",
          ],
          output: [
            "      yes     isolate   ann@ops isolated the stack at 2026-11-21T12:18:15.553Z; ann cleared it: every container is made anew, and the isolated ones stand aside",
            "    {stack}-blue-orders-1 stands aside, as evidence",
            " ~  command:local:Command isolation updating cleared by ann: what was isolated stands aside as {evidence}-…",
          ],
        },
        [
          "They are paused, with their memory, in no network of the stack. Databases are stopped, because the fresh one works in the",
          "same volume; where the files of the data directory are evidence, take a copy before the clearance:",
          "`switchback evidence take {stack}-database-initial`. The volumes of services are mounted again as they are: for files",
          "from before the breach, `switchback restore-files`.",
        ],
        "Look behind the maintenance page, with the token that the first line prints, then open:",
        {
          id: "open",
          steps: [
            { run: "docker exec {stack}-router switchback-bypass --minutes 30" },
            {
              run: 'npx switchback maintenance off --yes --reason "looked at all of it" --stack {stack}',
              shows: /maintenance off: done/,
            },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        { back: "A clearance is not taken back. A new suspicion is a new isolation." },
      ],
    },
    {
      title: "Afterwards",
      blocks: [
        [
          "What stands aside takes memory until it is removed, and is removed by hand alone, once the evidence is exported and",
          "nobody needs it:",
        ],
        { id: "remove", steps: [{ run: "docker rm -f $(docker ps -aq --filter name={evidence}-)" }] },
        [
          "Stopped databases among it are what a `docker container prune` would take; paused containers and the evidence's volume,",
          "which its keeper holds, are not.",
        ],
        [
          "Limits. A Docker engine before 25.0.4 whose host asks a resolver on a loopback address answers names of the outside also",
          "in an internal network: block port 53 on such a host. With the `pulumi` CLI, `--target` and `--exclude` leave out what",
          "they leave out; do not use them here.",
        ],
      ],
    },
  ],
};
