// What an order is in each release: the columns that the release writes and reads, and nothing else.
const { randomUUID } = require("node:crypto");

const columnsOf = {
  "1.0.0": ["id", "item", "price"],
  "1.1.0": ["id", "item", "price", "currency"],
  // Writes the price in both columns, so that the releases before it read what it writes.
  "2.0.0": ["id", "item", "price", "currency", "price_cents"],
  // Never touches `price`, which no longer exists in its schema.
  "2.1.0": ["id", "item", "currency", "price_cents", "discount_cents"],
};

// What numeric(12, 2) and int hold.
const maxCents = 999_999_999_999;
const maxDiscount = 2 ** 31 - 1;

/** Columns of a release's orders; a release that is not listed is like the newest. */
exports.columnsFor = (release) => columnsOf[release] ?? columnsOf["2.1.0"];

/** Makes an order of what a client sent. @throws with `status` 400 when a value has no meaning */
exports.makeOrder = (columns, input) => {
  const cents = amount(input, "price", 100, maxCents);
  const values = {
    id: String(input.id ?? randomUUID()),
    item: String(input.item ?? "unnamed"),
    price: cents === undefined ? undefined : cents / 100,
    currency: String(input.currency ?? "EUR"),
    price_cents: cents ?? 0,
    discount_cents: amount(input, "discount_cents", 1, maxDiscount) ?? 0,
  };
  return Object.fromEntries(columns.map((column) => [column, values[column]]));
};

/** Makes an answer of an order: `price` is in it in every release. */
exports.answer = (order) => {
  if ("price" in order || !("price_cents" in order)) return order;
  return { ...order, price: order.price_cents / 100 };
};

function amount(input, name, unit, most) {
  if (input[name] === undefined) return undefined;
  const value = Math.round(Number(input[name]) * unit);
  if (value >= 0 && value <= most) return value;
  const message = `expected ${name} to be a number from 0 to ${most / unit}, got "${input[name]}"`;
  throw Object.assign(new Error(message), { status: 400 });
}
