-- A customer that was erased: nobody lives on under its id, which is what merged into itself means everywhere. It and its
-- records stay as what they were, keys and nothing else, so that no feed brings them back.
alter table identity_customer add column erased_at timestamptz;

create index identity_crosswalk_closed_by_customer on identity_crosswalk (customer_id) where valid_to is not null;

-- A customer and all that were merged into it, through any number of merges.
create function identity_family(customer uuid) returns setof uuid language sql stable as $$
  with recursive family (id) as (
    select customer
    union
    select c.id from family f join identity_customer c on c.merged_into = f.id
  )
  select id from family
$$;

-- The records that ever were those of these customers, and are nobody else's now.
create function identity_records_ever(customers uuid[]) returns table (system text, key text) language sql stable as $$
  select x.system, x.key
  from (
    select h.system, h.key from identity_crosswalk h where h.customer_id = any(customers) and h.valid_to is null
    union
    select h.system, h.key from identity_crosswalk h where h.customer_id = any(customers) and h.valid_to is not null
  ) x
  where not exists (
    select from identity_crosswalk o
    where o.system = x.system and o.key = x.key and o.valid_to is null and o.customer_id <> all(customers))
  order by x.system, x.key
$$;
