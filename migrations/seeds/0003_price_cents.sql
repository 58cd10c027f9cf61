insert into orders (id, item, price_cents) values ('seed-3', 'milk', 149);
