// Orders in memory. Release 1.1.0 gave each order a currency; 1.0.0 knows none.
const { randomUUID } = require("node:crypto");

const maxOrders = 1000;

/** Makes the list of orders as a release sees them. */
exports.createOrders = (release) => {
  const hasCurrency = release !== "1.0.0";
  const orders = [];
  return {
    list: () => orders,
    add: (input) => {
      const order = { id: String(input.id ?? randomUUID()), item: String(input.item ?? "unnamed") };
      if (hasCurrency) order.currency = String(input.currency ?? "EUR");
      orders.push(order);
      if (orders.length > maxOrders) orders.shift();
      return order;
    },
  };
};
