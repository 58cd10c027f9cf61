// The WebSocket half of the order service: an echo, a heartbeat, and the way out of a color that is being left.
const { WebSocketServer } = require("ws");

const heartbeatMs = 15_000;
const serviceRestart = 1012;

/** Takes WebSocket upgrades on /ws of `server`. */
exports.createSockets = (server, { release, color }) => {
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    if (request.url.split("?", 1)[0] !== "/ws") return socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (client) => welcome(client));
  });

  function welcome(client) {
    client.alive = true;
    client.on("pong", () => {
      client.alive = true;
    });
    client.on("error", () => client.terminate());
    client.on("message", (data, binary) => client.send(data, { binary }));
    client.send(JSON.stringify({ type: "hello", release, color }));
  }

  setInterval(() => {
    for (const client of sockets.clients) {
      if (!client.alive) client.terminate();
      client.alive = false;
      client.ping();
    }
  }, heartbeatMs).unref();

  /** Announces the drain, then closes what is left with a close frame, spread evenly before the deadline. */
  const drain = ({ deadline, reconnect_after: after = 0 }) => {
    const at = Date.parse(deadline);
    if (Number.isNaN(at)) throw new Error(`expected deadline to be an RFC 3339 time, got "${deadline}"`);
    const clients = [...sockets.clients];
    for (const client of clients) client.send(JSON.stringify({ type: "reconnect", after }));
    // The last tenth of the budget is left to the closing handshakes.
    const first = Math.max(0, Number(after) * 1000);
    const span = Math.max(0, (at - Date.now()) * 0.9 - first);
    clients.forEach((client, index) => {
      const wait = first + (span * index) / Math.max(1, clients.length);
      setTimeout(() => client.close(serviceRestart, "color is drained"), wait).unref();
    });
    return { announced: clients.length };
  };

  const closeAll = (code, reason) => {
    for (const client of sockets.clients) client.close(code, reason);
  };
  return { drain, closeAll };
};
