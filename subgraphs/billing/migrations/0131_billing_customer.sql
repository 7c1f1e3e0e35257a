-- A customer that was made through the graph names the graph's customer, and is found by it. Nothing keeps two from naming
-- the same one: only the idempotency key of the call does.
alter table billing_customer add column customer text generated always as (body -> 'metadata' ->> 'customer') stored;
create index billing_customer_customer on billing_customer (customer) where customer is not null;
