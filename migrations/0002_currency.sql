-- switchback: expand, lossy
-- loses: orders.currency

-- Up Migration
-- Release 1.0.0 knows no currency: the default is for what it goes on writing.
alter table orders add column currency text not null default 'EUR';

-- Down Migration
alter table orders drop column currency;
