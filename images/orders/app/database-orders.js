// Orders in PostgreSQL. The URL is a secret file; connections are made when the first query needs one.
const { readFileSync } = require("node:fs");
const { Pool } = require("pg");

const connectMs = 3000;
const readyMs = 1500;
// Nothing is wrong with the connection: the statement and the schema do not fit, or a value does not.
const statementErrors = /^(22|23|42)/;

/** Makes the orders that the columns of a release show. */
exports.createDatabaseOrders = ({ databaseUrlFile, databaseConnections, preparedStatements, queryMs }, columns) => {
  const connectionString = readFileSync(databaseUrlFile, "utf8").trim();
  const pool = createPool({ connectionString, max: databaseConnections, query_timeout: queryMs });
  // A connection of its own: many requests at once make them wait for each other, but the service is no less ready.
  const readyPool = createPool({ connectionString, max: 1, query_timeout: readyMs });

  const names = columns.join(", ");
  const places = columns.map((_, index) => `$${index + 1}`).join(", ");
  const query = async (name, text, values, connections = pool) => {
    try {
      const { rows } = await connections.query({
        name: preparedStatements ? `orders_${name}` : undefined,
        text,
        values,
      });
      return rows.map(numbers);
    } catch (error) {
      throw failure(error);
    }
  };
  const get = async (id) => (await query("get", `select ${names} from orders where id = $1`, [id]))[0];
  const list = (limit, connections) =>
    query("list", `select ${names} from orders order by id limit $1`, [limit], connections);
  const insert = `insert into orders (${names}) values (${places}) on conflict (id) do nothing returning ${names}`;
  return {
    get,
    list: (limit) => list(limit),
    add: async (order) => {
      const values = columns.map((column) => order[column] ?? 0);
      const [added] = await query("add", insert, values);
      const stored = added ?? (await get(order.id));
      if (stored) return stored;
      throw failure(new Error(`the order "${order.id}" was removed while it was written`));
    },
    problem: async () => {
      try {
        await within(readyMs, list(1, readyPool));
        return undefined;
      } catch (error) {
        return error.message;
      }
    },
    end: () => Promise.all([pool.end(), readyPool.end()]),
  };
};

function createPool(options) {
  const pool = new Pool({ ...options, connectionTimeoutMillis: connectMs });
  // A connection that the pooler cuts while it is idle: the next query makes a new one.
  pool.on("error", (error) => console.log(JSON.stringify({ event: "connection lost", reason: error.message })));
  return pool;
}

/** PostgreSQL's driver gives numbers that may be larger than a double as text. */
const numbers = (row) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, exact.has(name) ? Number(value) : value]));
const exact = new Set(["price", "price_cents", "discount_cents"]);

/** What the client is told: 503 when it may come again, 500 when release and schema do not fit. */
function failure(error) {
  const status = statementErrors.test(error.code ?? "") ? 500 : 503;
  return Object.assign(new Error(`the database did not answer: ${error.message}`), { status });
}

function within(ms, work) {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`the database did not answer in ${ms} ms`)), ms).unref();
  });
  return Promise.race([work, late]);
}
