update orders set discount_cents = 20 where id = 'seed-1';
