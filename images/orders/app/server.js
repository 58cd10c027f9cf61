// The order service: HTTP and WebSockets on one port, a drain hook, a graceful stop.
const http = require("node:http");
const settings = require("./settings.js");
const { createApi } = require("./api.js");
const { createOrders } = require("./orders.js");
const { createSockets } = require("./sockets.js");

const server = http.createServer();
const sockets = createSockets(server, settings);
const orders = createOrders(settings);
const startedAt = Date.now();
let stopping = false;

const isReady = () => !stopping && !settings.neverReady && Date.now() - startedAt >= settings.readyDelayMs;
server.on("request", (_request, response) => {
  // A connection with a request in flight ends with its answer once the server stops.
  response.on("close", () => stopping && server.closeIdleConnections());
});
server.on("request", createApi(settings, { isReady, drain: sockets.drain }, orders));

// Longer than the router keeps an idle upstream connection, so that it is never this side that closes one first.
server.keepAliveTimeout = 75_000;
// Requests that waited in the router come together.
server.listen({ port: settings.port, backlog: 4096 }, () => {
  console.log(JSON.stringify({ event: "listening", port: settings.port, release: settings.release }));
});

/** Stops accepting, lets requests in flight finish, tells each WebSocket that this server is going away. */
function stop(signal) {
  if (stopping) return;
  stopping = true;
  console.log(JSON.stringify({ event: "stopping", signal }));
  server.close(() => orders.end().finally(() => process.exit(0)));
  server.closeIdleConnections();
  sockets.closeAll(1001, "server stops");
  setTimeout(() => process.exit(1), settings.stopMs).unref();
}
process.on("SIGTERM", () => stop("SIGTERM"));
process.on("SIGINT", () => stop("SIGINT"));
