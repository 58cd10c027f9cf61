-- switchback: expand, reversible
-- compatible: the trigger fills price_cents for releases that write price alone
-- lossless: price_cents says what price says

-- Up Migration
-- Releases before 2.0.0 write `price` alone; the trigger keeps both columns in step, whichever was written.
alter table orders add column price_cents bigint;
update orders set price_cents = round(price * 100);
alter table orders alter column price_cents set not null;

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

-- Down Migration
drop trigger orders_price on orders;
drop function orders_price();
alter table orders drop column price_cents;
