import type { Runbook } from "./runbook.ts";

const redis = (words: string) =>
  `docker exec {stack}-cache sh -c 'export REDISCLI_AUTH=$(cat /run/secrets/cache-password); redis-cli -s /tmp/redis.sock ${words}'`;

export const cacheFailure: Runbook = {
  name: "cache-failure",
  title: "The cache is dead, full or wrong",
  symptom: "Redis does not answer, has no room, or has entries that break the application",
  example: { prefix: "orders:", more: "256" },
  parts: [
    {
      title: "It does not answer",
      blocks: [
        {
          when: [
            "`validate` says `fail` of `container {stack}-cache` or of `cache`. The cache is optional: without it an application is to",
            "be slow, not wrong, and a rollback goes through. It is not a rollback: both colors ask the same Redis.",
          ],
        },
        {
          id: "dead",
          steps: [
            { run: "npx switchback validate --quick --stack {stack}", code: 1, shows: /^(fail|unknown) +cache /m },
            { run: "docker logs --tail 20 {stack}-cache", because: "its memory, or its disk?" },
            {
              run: 'npx switchback restart cache --reason "it does not answer" --stack {stack}',
              shows: /-cache is ready after/,
            },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          output: [
            "fail     container {stack}-cache              Exited (137) Less than a second ago",
            "         expected: running, healthy",
            "unknown  cache                                   {stack}-cache does not run",
            "restarting {stack}-cache",
            "{stack}-cache is ready after 0.3 s",
          ],
        },
        {
          costs: [
            "With `cache.persistence: none` everything that was in it: all services ask the database for it, at once. `aof` loses the",
            "last second, `rdb` the last minute.",
          ],
        },
        { back: "There is nothing to take back." },
      ],
    },
    {
      title: "It has no room",
      blocks: [
        {
          when: [
            "Writes end with `OOM command not allowed`. That is so with a `maxmemory-policy` of one's own alone: as the cache is made",
            "here, it drops what was not used for longest.",
          ],
        },
        "The first command shows how full it is, and its policy; the second empties it, since all of it can be made again.",
        {
          id: "full",
          steps: [
            { run: redis("info memory"), shows: /^used_memory:/m },
            { run: redis("flushall async"), shows: /^OK/m },
            {
              run: "npx switchback config set --path cache.memoryMb {more} --stack {stack}",
              because: "so that it lasts",
            },
            { run: "npx switchback up --yes --skip-preview --stack {stack}" },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          output: ["used_memory_human:6.23M", "maxmemory_human:6.00M", "maxmemory_policy:noeviction", "OK"],
        },
        {
          costs: "More memory replaces its container: it is away for some seconds, and empty without persistence.",
        },
        { back: "`npx switchback config set --path cache.memoryMb` with the former number, then `up`." },
      ],
    },
    {
      title: "It has entries that a release cannot read",
      blocks: [
        {
          when: [
            "Errors of single requests began when the release changed, in either direction, and outlive a restart of the service: the",
            "other release wrote those entries in its own form.",
          ],
        },
        "The first command lists them, the second removes these alone.",
        {
          id: "poisoned",
          steps: [
            { run: redis('--scan --pattern "{prefix}*"') },
            {
              run: redis('--scan --pattern "{prefix}*" | xargs -r -n 100 redis-cli -s /tmp/redis.sock unlink'),
            },
            {
              run: "npx switchback config set --path cache.flush.onRollback.prefix {prefix} --stack {stack}",
              because: "from now on with each level 2 that goes back",
            },
            { run: "npx switchback up --yes --skip-preview --stack {stack}" },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          costs:
            "Those entries are made again. [platform.md](../platform.md) says when a rollback removes them by itself.",
        },
        { back: "`npx switchback config rm --path cache.flush --stack {stack}`, then `up`." },
        {
          refused:
            "They come again at once: the release that serves writes them, [failed-deploy.md](failed-deploy.md).",
        },
      ],
    },
  ],
};
