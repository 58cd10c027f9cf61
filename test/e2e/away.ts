import { spawn } from "node:child_process";
import { type AddressInfo, createConnection, createServer } from "node:net";

// Run in a network namespace of its own: node away.ts <command...>
// Runs the command with DOCKER_HOST at a TCP port that leads to the engine's socket, and ends with its exit code.
const server = createServer({ allowHalfOpen: true }, (client) => {
  const socket = createConnection({ path: "/var/run/docker.sock", allowHalfOpen: true });
  client.pipe(socket).pipe(client);
  client.on("error", () => socket.destroy());
  socket.on("error", () => client.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const [program = "", ...args] = process.argv.slice(2);
  const env = { ...process.env, DOCKER_HOST: `tcp://127.0.0.1:${port}` };
  spawn(program, args, { stdio: "inherit", env }).once("exit", (code) => process.exit(code ?? 1));
});
