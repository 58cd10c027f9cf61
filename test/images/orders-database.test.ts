import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareLedger, type Order } from "../../scripts/load/ledger.ts";
import { projectImages } from "../../scripts/setup/images.ts";
import { createOrdersRig, type OrdersContainer, type OrdersRig } from "./orders-rig.ts";

let rig: OrdersRig;
let running: Readonly<Record<string, OrdersContainer>>;
const releases = ["1.0.0", "1.1.0", "2.0.0", "2.1.0"];

beforeAll(async () => {
  for (const step of projectImages) if (!(await step.check()).done) await step.run(() => {});
  rig = await createOrdersRig();
  const started = await Promise.all(
    releases.map((release) => rig.start(release, { ORDERS_PREPARED_STATEMENTS: release === "2.0.0" ? "1" : "0" })),
  );
  running = Object.fromEntries(started.map((container) => [container.release, container]));
}, 600_000);
afterAll(() => rig?.remove());

const release = (name: string) => running[name]!;
const readyOn = async (head: number) => {
  await rig.migrate(head);
  const answers = await Promise.all(releases.map((name) => release(name).ask("/ready")));
  return releases.filter((_, index) => answers[index]!.status === 200);
};

test("a release is live without a schema, and ready on exactly the heads that it accepts", async () => {
  for (const name of releases) expect((await release(name).ask("/live")).status).toBe(200);
  expect(await readyOn(0)).toEqual([]);
  expect(await readyOn(1)).toEqual(["1.0.0"]);
  expect(await readyOn(2)).toEqual(["1.0.0", "1.1.0"]);
  expect(await readyOn(3)).toEqual(["1.0.0", "1.1.0", "2.0.0"]);
  expect(await readyOn(4)).toEqual(["2.1.0"]);
  expect((await release("1.1.0").ask("/ready")).body).toEqual({
    ready: false,
    reason: 'the database did not answer: column "price" does not exist',
  });
});

test("what each release writes on the common schema, the others read, with the same price", async () => {
  await rig.migrate(3);
  for (const name of ["1.0.0", "1.1.0", "2.0.0"]) {
    const sent = { id: `by-${name}`, item: "tea", price: 12.34, currency: "EUR" };
    expect((await release(name).ask("/orders", sent)).status).toBe(201);
    for (const reader of ["1.0.0", "1.1.0", "2.0.0"]) {
      const { status, body } = await release(reader).ask(`/orders/by-${name}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: `by-${name}`, item: "tea", price: 12.34 });
    }
  }
  expect((await rig.sql.query("select distinct price_cents from orders where id like 'by-%'")).rows).toEqual([
    { price_cents: "1234" },
  ]);
});

test("orders keep their price over the contract migration and back; what is written in between as well", async () => {
  await rig.migrate(3);
  await release("1.1.0").ask("/orders", { id: "before", item: "tea", price: 0.29, currency: "CHF" });
  await rig.migrate(4);
  await release("2.1.0").ask("/orders", { id: "between", item: "milk", price: 1.99, discount_cents: 5 });
  expect((await release("2.1.0").ask("/orders/before")).body).toEqual({
    id: "before",
    item: "tea",
    currency: "CHF",
    price: 0.29,
    price_cents: 29,
    discount_cents: 0,
  });
  expect((await release("1.1.0").ask("/orders", { id: "never" })).status).toBe(500);
  await rig.migrate(3);
  const { body } = await release("1.1.0").ask("/orders/between");
  expect(body).toEqual({ id: "between", item: "milk", currency: "EUR", price: 1.99 });
});

test("the ledger finds every order that was acknowledged, over a contract migration and back, and each that is not there", async () => {
  const acknowledged: Order[] = [];
  const write = async (name: string) => {
    const order = { id: `ledger-${acknowledged.length}`, item: "tea", price: 4.35, discount_cents: 7 };
    acknowledged.push((await release(name).ask("/orders", order)).body as Order);
  };
  await rig.migrate(3);
  await write("1.0.0");
  await write("2.0.0");
  await rig.migrate(4);
  await write("2.1.0");
  expect(await compareLedger(rig.sql, acknowledged)).toEqual({ acknowledged: 3, missing: 0, examples: [] });
  await rig.migrate(3);
  await write("1.1.0");
  expect(await compareLedger(rig.sql, acknowledged)).toEqual({ acknowledged: 4, missing: 0, examples: [] });
  await rig.sql.query("delete from orders where id = 'ledger-0'");
  await rig.sql.query("update orders set currency = 'USD' where id = 'ledger-1'");
  expect(await compareLedger(rig.sql, acknowledged)).toMatchObject({ acknowledged: 4, missing: 2 });
});

test("the same order sent again is acknowledged once more and kept once; another one under its id is refused", async () => {
  await rig.migrate(3);
  const order = { id: "twice", item: "tea", price: 2 };
  const answers = [await release("1.1.0").ask("/orders", order), await release("2.0.0").ask("/orders", order)];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect((await release("1.1.0").ask("/orders", { ...order, price: 3 })).status).toBe(409);
  expect((await rig.sql.query("select price from orders where id = 'twice'")).rows).toEqual([{ price: "2.00" }]);
  expect((await release("1.1.0").ask("/orders", { price: "a lot" })).status).toBe(400);
  expect((await release("1.1.0").ask("/orders/nobody")).status).toBe(404);
});

test("a query whose connection is cut is answered with 503 and not stored; an idle connection that is cut harms nobody", async () => {
  await rig.migrate(3);
  const cut = () => rig.sql.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'");
  await rig.sql.query("begin; lock table orders in access exclusive mode");
  const waiting = release("1.1.0").ask("/orders", { id: "cut", item: "tea" });
  await sleep(300);
  await cut();
  expect((await waiting).status).toBe(503);
  await rig.sql.query("rollback");
  await sleep(200);
  expect((await release("1.1.0").ask("/orders/cut")).status).toBe(404);
  await cut();
  await sleep(200);
  expect((await release("1.1.0").ask("/orders", { id: "after", item: "tea" })).status).toBe(201);
});

test("while the database refuses its role a release is live and not ready, also when it starts then", async () => {
  await rig.migrate(3);
  await rig.sql.query("alter role app nologin");
  await rig.sql.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'");
  await sleep(200);
  const late = await rig.start("1.1.0");
  expect((await late.ask("/live")).status).toBe(200);
  for (const container of [late, release("2.0.0")]) {
    expect(await container.ask("/ready")).toEqual({
      status: 503,
      body: { ready: false, reason: 'the database did not answer: role "app" is not permitted to log in' },
    });
  }
  expect((await late.ask("/orders", { item: "tea" })).status).toBe(503);
  await rig.sql.query("alter role app login");
  expect((await late.ask("/ready")).status).toBe(200);
});
