import type { Runbook } from "./runbook.ts";

const psql = (sql: string) =>
  `docker exec {stack}-database-{generation} psql -h /run/postgresql -U postgres -d {database} -c "${sql}"`;

export const resourceExhaustion: Runbook = {
  name: "resource-exhaustion",
  title: "Something is used up",
  symptom: "a disk, the memory of a service or the connections to the database are used up",
  example: { release: "2.0.0", older: "1.0.0", more: "256", generation: "initial", database: "orders", seconds: "30" },
  parts: [
    {
      title: "The disk is full",
      blocks: [
        {
          when: [
            "`validate` says `fail` of a `disk of …`, writes end with `No space left on device`, and a rollback is refused by its",
            "check `disk`. Make room in a way that leaves what a rollback needs.",
          ],
        },
        {
          id: "room",
          steps: [
            { run: "npx switchback validate --quick --stack {stack}", code: 1, shows: /^fail +disk of /m },
            { run: "docker system df", because: "images, containers, volumes, the cache of builds" },
            {
              run: "npx switchback gc --stack {stack}",
              because: "what no rollback can need; changes nothing",
              shows: /to remove; nothing was changed/,
            },
            { run: "npx switchback gc --yes --stack {stack}", because: "removes that", shows: /^removed image /m },
          ],
        },
        {
          output: [
            "fail     disk of the records                     98 %, 0.0 GiB free; 1 % of the inodes",
            "         expected: at most 90 %",
            "image switchback/orders:0.9.0-e79c44: no release and no backup point names it, 210 MB",
            "1 to remove; nothing was changed. To remove them: switchback gc --yes",
            "removed image switchback/orders:0.9.0-e79c44",
          ],
        },
        "Not enough? What else may go, and what may not:",
        [
          "| command | is it safe? |",
          "|---|---|",
          "| `docker builder prune` | safe |",
          "| `docker container prune`, `docker network prune`, `docker volume prune --all` | safe for this stack: what runs stays, and a keeper that runs holds each of its volumes. A generation that stands still loses its container and keeps its data |",
          "| `rm -r` of a folder in `.switchback/captures` | safe, once nobody needs that evidence |",
          "| `npx switchback generations remove NAME --yes` | after `recovery.keepDays`; it can never serve again |",
          "| `docker image prune --all`, `docker system prune --all` | **not**: they take the images of releases that no container runs, and with them the way back to those |",
          "| `docker volume rm`; `rm` in a volume, of WAL or of backups | **never** |",
        ],
        {
          id: "well",
          steps: [
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
            {
              run: "npx switchback rollback --to {older} --dry-run --stack {stack}",
              because: "the way back is there",
              shows: /verdict: allowed/,
            },
          ],
        },
        { costs: "Nothing that runs is touched. A release that `gc` takes has no file in `releases/` any more." },
        { back: "The journal has the names of what `gc` removed; images are built or pulled again." },
      ],
    },
    {
      title: "A service has no memory left",
      blocks: [
        {
          when: [
            "`validate` says `fail` of `memory`, or a container ended with 137 and `OOMKilled`. A restart helps until it has grown",
            "again. More memory goes to the color without traffic first.",
          ],
        },
        {
          id: "memory",
          steps: [
            { run: "npx switchback validate --quick --stack {stack}", code: 1, shows: /^fail +memory /m },
            {
              run: 'npx switchback restart orders --side green --reason "its memory is used up" --stack {stack}',
              because: "for the moment",
              shows: /is ready after/,
            },
            {
              run: "npx switchback config set --path colors.blue.imageTag {release} --stack {stack}",
              because: "the release that serves",
            },
            {
              run: "npx switchback config set --path colors.blue.services.orders.memoryMb {more} --stack {stack}",
            },
            { run: "npx switchback up --yes --skip-preview --stack {stack}", because: "blue anew, without traffic" },
            { run: "npx switchback config set activeColor blue --stack {stack}" },
            { run: "npx switchback up --yes --skip-preview --stack {stack}", shows: /confirmed: blue / },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          sees: "The first look:",
          output: [
            "fail     memory                                  {stack}-green-orders-1 94 %",
            "         expected: at most 90 % of its limit",
          ],
        },
        { costs: "The restart: some seconds, replica by replica. The rest loses no request." },
        { back: "`npx switchback config set activeColor green --stack {stack}`, then `up`: green is as it was." },
        { refused: "It began with this release? Then it is the release: [failed-deploy.md](failed-deploy.md)." },
      ],
    },
    {
      title: "Connections to the database are used up",
      blocks: [
        {
          when: [
            "Requests wait, and end with `the database did not answer`; `validate` says `fail` of `health`, and `database` is ok. Mostly",
            "one session does nothing in an open transaction, and all others wait for its locks.",
          ],
        },
        [
          "The second command lists the open transactions: who waits for nobody, while others wait for him, is the cause. The third",
          "ends those that did nothing for {seconds} s.",
        ],
        {
          id: "connections",
          steps: [
            {
              run: "npx switchback validate --quick --stack {stack}",
              code: 1,
              shows: /^ok +database [\s\S]*^fail +health|^fail +health [\s\S]*^ok +database /m,
            },
            {
              run: psql(
                "select pid, usename, state, now() - xact_start as since, pg_blocking_pids(pid) as waits_for from pg_stat_activity where xact_start is not null order by xact_start",
              ),
              shows: /idle in transaction/,
            },
            {
              run: psql(
                "select pid, pg_terminate_backend(pid) as ended from pg_stat_activity where state = 'idle in transaction' and state_change < now() - interval '{seconds} s'",
              ),
              shows: /\| t$/m,
            },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          sees: "The sessions with an open transaction, of which 476 is the one:",
          output: [
            " pid |   usename    |        state        |      since      | waits_for",
            "-----+--------------+---------------------+-----------------+-----------",
            " 476 | postgres     | idle in transaction | 00:00:04.386651 | {}",
            " 346 | orders_green | active              | 00:00:01.787239 | {476}",
            " 286 | orders_blue  | active              | 00:00:00.709163 | {476}",
          ],
        },
        { costs: "The transactions that are ended are rolled back. What waited for them goes on by itself." },
        {
          back: [
            "There is nothing to take back. So that it does not come again: `idle_in_transaction_session_timeout` in",
            "`database.parameters`.",
          ],
        },
        {
          refused:
            "Nobody is idle in a transaction: `database.pooler.poolSize` is too small, or the release holds connections.",
        },
      ],
    },
  ],
};
