-- Orders whose two prices differ.
select id, price, price_cents from orders where price_cents is distinct from round(price * 100) limit 20;
