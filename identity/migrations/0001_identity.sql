-- A customer of the graph, and by what it is found. The columns after merged_into are normalised match keys: folded, for
-- finding and comparing only. They are never shown, are no golden record, and can be built again from the systems' feeds.
create table identity_customer (
  id uuid primary key,
  -- Milliseconds, so that a cursor holds the whole value.
  registered_at timestamptz(3) not null default now(),
  -- The customer that this one was merged into; may have been merged again since.
  merged_into uuid,
  -- Sorted by code point, so that every store has the same order.
  name text collate "C" not null,
  country text collate "C",
  tax_ids text[] not null,
  leis text[] not null,
  domains text[] not null
);

create index identity_customer_by_name on identity_customer (name, id) where merged_into is null;
create index identity_customer_by_registration on identity_customer (registered_at, id) where merged_into is null;
create index identity_customer_by_country_and_name
  on identity_customer (country, name, id) where merged_into is null;
create index identity_customer_by_country_and_registration
  on identity_customer (country, registered_at, id) where merged_into is null;
create index identity_customer_by_part_of_name
  on identity_customer using gin (name gin_trgm_ops) where merged_into is null;
create index identity_customer_by_tax_id on identity_customer using gin (tax_ids) where merged_into is null;
create index identity_customer_by_lei on identity_customer using gin (leis) where merged_into is null;
create index identity_customer_by_domain on identity_customer using gin (domains) where merged_into is null;

-- The customer that a customer is now, through any number of merges; null in a circle of redirects. Callers ask for it only
-- where there is a redirect: a recursive query for all would cost more than all the rest, and be estimated at far more.
create function identity_survivor(customer uuid) returns uuid language sql stable as $$
  with recursive trail (id, merged_into) as (
    select id, merged_into from identity_customer where id = customer
    union
    select c.id, c.merged_into from trail t join identity_customer c on c.id = t.merged_into
  )
  select id from trail where merged_into is null
$$;

-- Which record of a system was which customer, and when. A row is closed and another one opened, never moved, so that
-- every link can be restored. There are no foreign keys: one statement writes both sides, customers are never deleted,
-- and checking every row would double the time of a large import.
create table identity_crosswalk (
  system text collate "C" not null,
  key text collate "C" not null,
  customer_id uuid not null,
  valid_from timestamptz not null default now(),
  valid_to timestamptz check (valid_to >= valid_from)
);

create unique index identity_crosswalk_by_key on identity_crosswalk (system, key) where valid_to is null;
-- Not unique: after a merge the survivor holds the records of both.
create index identity_crosswalk_by_customer on identity_crosswalk (customer_id) where valid_to is null;
create index identity_crosswalk_closed on identity_crosswalk (system, key) where valid_to is not null;

-- The match keys that one record gave, so that its next version replaces them and nothing else.
-- NULL: the record never stated this kind. Empty: it did once, and no longer does.
create table identity_facts (
  system text collate "C" not null,
  key text collate "C" not null,
  name text,
  country text,
  tax_ids text[],
  leis text[],
  domains text[],
  primary key (system, key)
);

-- How far a system's feed has been followed, and by whom.
create table identity_feed (
  system text collate "C" primary key,
  cursor text,
  held_by uuid,
  held_until timestamptz
);

-- How many customers there are: the sum of all rows, exact at every moment, because counting a million rows for each
-- page is not cheap. A writer takes any row that no other transaction holds, so that writers never wait for each other.
create table identity_tally (
  slot int generated always as identity primary key,
  customers bigint not null
);

create function identity_keep_tally() returns trigger language plpgsql as $$
declare
  change bigint := 0;
begin
  if tg_op <> 'DELETE' then
    change := change + (select count(*) from after where merged_into is null);
  end if;
  if tg_op <> 'INSERT' then
    change := change - (select count(*) from before where merged_into is null);
  end if;
  if change <> 0 then
    update identity_tally set customers = customers + change
      where slot = (select slot from identity_tally limit 1 for update skip locked);
    if not found then
      insert into identity_tally (customers) values (change);
    end if;
  end if;
  return null;
end
$$;

create trigger identity_tally_inserted after insert on identity_customer
  referencing new table as after for each statement execute function identity_keep_tally();
create trigger identity_tally_updated after update on identity_customer
  referencing old table as before new table as after for each statement execute function identity_keep_tally();
create trigger identity_tally_deleted after delete on identity_customer
  referencing old table as before for each statement execute function identity_keep_tally();
