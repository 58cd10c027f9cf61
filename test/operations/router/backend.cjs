// A backend whose health and answers the tests choose. Runs in the reference application's image, for its Node and ws.
const http = require("node:http");
const fs = require("node:fs");
const crypto = require("node:crypto");
const { WebSocketServer } = require("ws");

const drains = [];
const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, "http://backend");
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const answer = (status, value) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
  const routed = request.headers["x-forwarded-for"] !== undefined;
  if (url.pathname === "/ready" && routed && fs.existsSync("/tmp/late")) return fs.rmSync("/tmp/late");
  if (url.pathname === "/ready") return answer(fs.existsSync("/tmp/sick") ? 503 : 200, {});
  if (url.pathname === "/drain") return answer(202, drains.push(JSON.parse(body)));
  if (url.pathname === "/drains") return answer(200, drains);
  if (url.pathname === "/error") return answer(500, {});
  if (url.pathname === "/headers") return answer(200, request.headers);
  const sha = crypto.createHash("sha256").update(body).digest("hex");
  const say = () => answer(200, { color: process.env.COLOR, method: request.method, bytes: body.length, sha });
  setTimeout(say, Number(url.searchParams.get("ms") ?? 0));
});
const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket) => socket.on("message", (text) => socket.send(`${process.env.COLOR} ${text}`)));
server.listen(8080);
process.on("SIGTERM", () => process.exit(0));
