-- Rows for `node scripts/round-trip.ts`.
insert into orders (id, item, price) values ('seed-1', 'bread', 2.5), ('seed-2', 'salt', 0.99);
