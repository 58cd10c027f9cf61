-- switchback: contract, lossy
-- loses: orders.discount_cents

-- Up Migration
drop trigger orders_price on orders;
drop function orders_price();
alter table orders drop column price;
alter table orders add column discount_cents int not null default 0;

-- Down Migration
alter table orders drop column discount_cents;
alter table orders add column price numeric(12, 2);
update orders set price = price_cents / 100.0;
alter table orders alter column price set not null;

create function orders_price() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.price is distinct from old.price then
    new.price_cents := round(new.price * 100);
  elsif new.price_cents is null then
    new.price_cents := round(new.price * 100);
  else
    new.price := new.price_cents / 100.0;
  end if;
  return new;
end
$$;
create trigger orders_price before insert or update of price, price_cents on orders
  for each row execute function orders_price();
