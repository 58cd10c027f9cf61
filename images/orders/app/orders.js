// Where orders are kept: in PostgreSQL when the container has the URL of one, else in memory.
const { existsSync } = require("node:fs");
const { createDatabaseOrders } = require("./database-orders.js");
const { answer, columnsFor, makeOrder } = require("./shape.js");

const maxOrders = 1000;
const defaultListed = 100;

/** Makes the orders as the release of `settings` sees them. Nothing is connected yet. */
exports.createOrders = (settings) => {
  const columns = columnsFor(settings.release);
  const store = existsSync(settings.databaseUrlFile) ? createDatabaseOrders(settings, columns) : createMemoryOrders();
  return {
    list: async (limit) => (await store.list(clamp(limit))).map(answer),
    get: async (id) => {
      const order = await store.get(id);
      if (order) return answer(order);
      throw Object.assign(new Error(`expected the id of an order, got "${id}"`), { status: 404 });
    },
    /** Adds an order, or finds it again when the same client sends it again. */
    add: async (input) => {
      const order = makeOrder(columns, input);
      const stored = await store.add(order);
      if (columns.every((column) => order[column] === undefined || stored[column] === order[column]))
        return answer(stored);
      throw Object.assign(new Error(`expected a new id or the same order, got another order with id "${order.id}"`), {
        status: 409,
      });
    },
    /** Undefined when orders can be read, else why not. */
    problem: store.problem,
    end: store.end,
  };
};

/** The newest orders only, gone with the process. */
function createMemoryOrders() {
  const orders = new Map();
  return {
    list: async (limit) => [...orders.values()].slice(-limit),
    get: async (id) => orders.get(id),
    add: async (order) => {
      if (!orders.has(order.id)) orders.set(order.id, order);
      if (orders.size > maxOrders) orders.delete(orders.keys().next().value);
      return orders.get(order.id);
    },
    problem: async () => undefined,
    end: async () => {},
  };
}

const clamp = (limit) => Math.min(Math.max(1, Math.floor(Number(limit)) || defaultListed), maxOrders);
