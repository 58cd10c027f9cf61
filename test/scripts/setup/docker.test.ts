import { expect, test } from "vitest";
import { adviceFor, type Situation } from "../../../scripts/setup/docker.ts";

const bare: Situation = {
  dockerHost: undefined,
  denied: false,
  installed: false,
  canInstall: false,
  systemd: true,
  platform: "linux",
};

test("root on a Debian family system gets no advice: set-up installs and starts the engine", () => {
  expect(adviceFor({ ...bare, canInstall: true })).toBeUndefined();
});

test("somebody who is not root gets the exact command", () => {
  expect(adviceFor(bare)).toMatch(/run `sudo apt-get install --yes docker.io`/);
  expect(adviceFor({ ...bare, installed: true })).toMatch(/run `sudo systemctl start docker`/);
  expect(adviceFor({ ...bare, installed: true, systemd: false })).toMatch(/run `sudo dockerd`/);
});

test("DOCKER_HOST is respected: nothing is installed beside an engine that does not answer", () => {
  expect(adviceFor({ ...bare, canInstall: true, dockerHost: "tcp://192.0.2.1:2375" })).toBe(
    "expected an engine at DOCKER_HOST=tcp://192.0.2.1:2375, got no answer; start it, or run `unset DOCKER_HOST` to use the local one",
  );
});

test("a socket that this user may not open is not a missing engine", () => {
  expect(adviceFor({ ...bare, denied: true, installed: true })).toMatch(/sudo usermod -aG docker \$USER/);
});

test("on another system than Linux nothing is installed", () => {
  expect(adviceFor({ ...bare, platform: "darwin" })).toMatch(/start Docker Desktop/);
});
