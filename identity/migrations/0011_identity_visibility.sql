-- By what rules about rows decide who sees a customer, besides its country: the segment in the contract's words, and who
-- is responsible for it, sealed with the store's secret. Kept as match keys are, and as little shown.
alter table identity_customer
  add column segment text collate "C",
  add column account_owner text collate "C";
alter table identity_facts
  add column segment text,
  add column account_owner text;

create index identity_customer_by_account_owner
  on identity_customer (account_owner) where merged_into is null and account_owner is not null;

-- Whether somebody sees a customer of whom this is known. `rows` is a list of objects, of which one has to hold; of the
-- lists in one each has to have what is known. What is not known is in no list.
create function identity_sees(country text, segment text, account_owner text, rows jsonb)
returns boolean language sql immutable as $$
  select exists (
    select from jsonb_array_elements(rows) as one (may)
    where (may -> 'countries' is null or may -> 'countries' ? country)
      and (may -> 'segments' is null or may -> 'segments' ? segment)
      and (may -> 'accountOwners' is null or may -> 'accountOwners' ? account_owner)
  )
$$;

-- Whether somebody sees the customer with this id, or the one that it was merged into. One that is not there is seen by
-- nobody, as little as one that may not be.
create function identity_visible(customer uuid, rows jsonb) returns boolean language sql stable as $$
  select exists (
    select from identity_customer c join identity_customer s
      on s.id = case when c.merged_into is null then c.id else identity_survivor(c.merged_into) end
    where c.id = customer and identity_sees(s.country, s.segment, s.account_owner, rows)
  )
$$;

-- Whether somebody sees all of these; of none, nobody knows whose they are.
create function identity_visible_all(customers text[], rows jsonb) returns boolean language sql stable as $$
  select cardinality(customers) > 0 and not exists (
    select from unnest(customers) as one (id) where not identity_visible(one.id::uuid, rows)
  )
$$;

-- Whether nothing is known of a customer by which it could be decided who sees it: one that is only being made.
create function identity_blank(customer uuid) returns boolean language sql stable as $$
  select not exists (
    select from identity_customer c
    where c.id = customer
      and (c.merged_into is not null or coalesce(c.country, c.segment, c.account_owner) is not null)
  )
$$;

-- The CRM's feed is read once more from its beginning, so that every account says what it did not say before. Until then
-- whoever sees some customers only sees fewer of them.
update identity_feed set cursor = null where system = 'CRM';
