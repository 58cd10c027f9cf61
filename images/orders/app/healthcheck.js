// Ends with 0 when the order service on this container's port is alive.
const http = require("node:http");

const port = process.env.PORT ?? 8080;
const request = http.get({ host: "127.0.0.1", port, path: "/live", timeout: 1500 }, (response) => {
  process.exit(response.statusCode === 200 ? 0 : 1);
});
request.on("timeout", () => request.destroy(new Error("no answer in 1.5 s")));
request.on("error", () => process.exit(1));
