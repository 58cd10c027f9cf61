update orders set currency = 'CHF' where id = 'seed-2';
