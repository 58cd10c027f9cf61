// The HTTP half of the order service.
const { existsSync } = require("node:fs");

const maxBodyBytes = 1024 * 1024;
const maxSlowMs = 60_000;

/** Makes the request listener. `state.isReady()` and `state.drain(order)` come from the server. */
exports.createApi = (settings, state, orders) => {
  const routes = {
    "GET /live": (_request, response) => send(response, 200, { live: true }),
    "GET /ready": async (_request, response) => {
      const reason = state.isReady() ? await orders.problem() : "starting or stopping";
      send(response, reason ? 503 : 200, { ready: !reason, reason });
    },
    "GET /version": (_request, response) => send(response, 200, version(settings)),
    "GET /": (_request, response) => send(response, 200, version(settings)),
    "GET /orders": async (request, response) =>
      send(response, 200, { orders: await orders.list(parameter(request, "limit")) }),
    "GET /orders/<id>": async (request, response) =>
      send(response, 200, await orders.get(decodeURIComponent(pathOf(request).slice("/orders/".length)))),
    "POST /orders": async (request, response) => send(response, 201, await orders.add(await json(request))),
    "GET /slow": (request, response) => {
      const ms = Math.min(Number(parameter(request, "ms")) || 2000, maxSlowMs);
      setTimeout(() => send(response, 200, { slept: ms }), ms);
    },
    "POST /drain": async (request, response) => send(response, 202, state.drain(await json(request))),
  };
  return (request, response) => {
    const path = pathOf(request).replace(/^\/orders\/.+$/, "/orders/<id>");
    const route = routes[`${request.method} ${path}`];
    if (!route) return send(response, 404, { error: `expected one of ${Object.keys(routes).join(", ")}` });
    Promise.resolve()
      .then(() => route(request, response))
      .catch((error) => send(response, error.status ?? 400, { error: error.message }));
  };
};

const pathOf = (request) => request.url.split("?", 1)[0];
const parameter = (request, name) => new URL(request.url, "http://orders").searchParams.get(name);

const version = ({ release, color, flags, secretFile }) => ({
  release,
  color,
  flags,
  // Whether the secret is there, never what it says.
  secret: existsSync(secretFile),
});

function send(response, status, body) {
  if (response.headersSent) return;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

async function json(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error(`expected a body of at most ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  const body = JSON.parse(Buffer.concat(chunks).toString() || "{}");
  if (body !== null && typeof body === "object" && !Array.isArray(body)) return body;
  throw new Error("expected a JSON object");
}
