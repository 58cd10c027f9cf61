import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, exec, withShells } from "../../../operations/live/docker.ts";

const docker = connect();
let name: string;

beforeAll(async () => {
  const container = await docker.createContainer({
    Image: "debian:trixie-slim",
    Cmd: ["sleep", "600"],
    Labels: { "switchback.test": "shell" },
    HostConfig: { Init: true },
  });
  await container.start();
  name = container.id;
});
afterAll(() => docker.getContainer(name).remove({ force: true }));

const kept = <T>(work: () => Promise<T>) => withShells(docker, [name], work);

it("prints, fails and reads as a start of its own does", async () => {
  const commands: [string[], string?][] = [
    [["sh", "-c", "printf 'no line break'; echo err >&2; exit 7"]],
    [["echo", 'it\'s $HOME "quoted" \\ and\nbroken']],
    [["cat"], "text with 'quotes', $(no command) and é\n\n  end\n"],
    [["cat"]],
    [["sh", "-c", "head -c 200000 /dev/zero | tr '\\0' 'é'"]],
    [["no-such-command"]],
    [["cat"], "no line break at the end"],
  ];
  for (const [argv, stdin] of commands) {
    const shell = await kept(() => exec(docker, name, argv, stdin));
    const own = await exec(docker, name, argv, stdin);
    expect({ ...shell, stderr: "" }).toEqual({
      ...own,
      exitCode: argv[0] === "no-such-command" ? 127 : own.exitCode,
      stdout: argv[0] === "no-such-command" ? "" : own.stdout,
      stderr: "",
    });
  }
});

it("keeps commands that run at the same time apart", async () => {
  const results = await kept(() =>
    Promise.all(
      Array.from({ length: 20 }, (_, n) => exec(docker, name, ["sh", "-c", `echo ${n}; echo e${n} >&2; exit ${n}`])),
    ),
  );
  expect(results.map(({ exitCode, stdout, stderr }) => [exitCode, stdout, stderr])).toEqual(
    Array.from({ length: 20 }, (_, n) => [n, `${n}\n`, `e${n}\n`]),
  );
});

it("fails, and does not wait, when the container ends under it", async () => {
  await expect(
    kept(async () => {
      const endless = exec(docker, name, ["sleep", "100"]);
      endless.catch(() => {});
      await docker.getContainer(name).kill();
      return endless;
    }),
  ).rejects.toThrow(/ended before its command did/);
  await docker.getContainer(name).start();
});

it("does without a shell where a container does not run", async () => {
  await expect(withShells(docker, ["no-such-container"], async () => 1)).resolves.toBe(1);
});
