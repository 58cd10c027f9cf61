// What the environment says, read once. The release is baked into the image: a tag cannot lie about it.
const { existsSync, readFileSync } = require("node:fs");
const path = require("node:path");

const number = (name, fallback) => {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Error(`expected ${name} to be a whole number of at least 0, got "${process.env[name]}"`);
};

// Feature flags follow the release: its release set writes them into the container.
const flagsFile = process.env.ORDERS_FLAGS_FILE ?? "/etc/orders/flags.json";

const isOn = (name) => ["1", "true"].includes(process.env[name] ?? "");

module.exports = {
  release: readFileSync(path.join(__dirname, "release"), "utf8").trim(),
  color: process.env.SWITCHBACK_COLOR ?? null,
  port: number("PORT", 8080),
  readyDelayMs: number("ORDERS_READY_DELAY_MS", 0),
  neverReady: isOn("ORDERS_NEVER_READY"),
  flags: existsSync(flagsFile) ? JSON.parse(readFileSync(flagsFile, "utf8")) : {},
  secretFile: process.env.ORDERS_SECRET_FILE ?? "/run/secrets/orders-token",
  stopMs: number("ORDERS_STOP_MS", 8000),
  databaseUrlFile: process.env.ORDERS_DATABASE_URL_FILE ?? "/run/secrets/database-url",
  databaseConnections: number("ORDERS_DATABASE_CONNECTIONS", 10),
  preparedStatements: isOn("ORDERS_PREPARED_STATEMENTS"),
  // Longer than a held query waits in the pooler.
  queryMs: number("ORDERS_QUERY_MS", 30_000),
};
