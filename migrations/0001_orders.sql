-- switchback: expand, lossy
-- loses: orders

-- Up Migration
create table orders (
  id text primary key,
  item text not null,
  price numeric(12, 2) not null
);

-- Down Migration
drop table orders;
